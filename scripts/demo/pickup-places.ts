/**
 * Where the demo's pickup points stand: counters in Italy, France and Spain, lockers in Germany, Great Britain and Italy.
 *
 * Streets, postal codes and coordinates (to about 300 m) are real, the businesses are invented. A city's block is
 * `country network city`, then one line a point: `name|street and number|postal code|lat|lng`.
 */
export const PICKUP_PLACES = `
IT angolo Milano
Cartoleria Porta Venezia|Corso Buenos Aires 43|20124|45.4797|9.2096
Edicola Brera|Via Brera 18|20121|45.4722|9.1880
Tabacchi Montenapoleone|Via Borgospesso 4|20121|45.4697|9.1944
Bar Navigli|Ripa di Porta Ticinese 27|20143|45.4510|9.1725
Libreria Isola|Via Thaon di Revel 12|20159|45.4890|9.1890
Ottica Vercelli|Corso Vercelli 38|20145|45.4665|9.1560
Ferramenta Loreto|Viale Monza 20|20127|45.4880|9.2185
Edicola Cadorna|Piazzale Cadorna 9|20123|45.4683|9.1765
Lavanderia Città Studi|Via Pacini 60|20131|45.4815|9.2290
IT angolo Roma
Edicola Condotti|Via della Croce 30|00187|41.9067|12.4790
Tabacchi Prati|Via Ottaviano 56|00192|41.9080|12.4585
Cartoleria Trastevere|Viale di Trastevere 90|00153|41.8860|12.4725
Bar Testaccio|Via Marmorata 60|00153|41.8785|12.4770
Ottica Nomentana|Via Nomentana 110|00161|41.9135|12.5110
Edicola San Giovanni|Via Appia Nuova 45|00183|41.8835|12.5115
IT angolo Firenze
Cartoleria Santa Croce|Borgo dei Greci 20|50122|43.7687|11.2590
Edicola Santa Maria Novella|Via degli Avelli 6|50123|43.7740|11.2500
Tabacchi Oltrarno|Via Romana 40|50125|43.7635|11.2450
IT angolo Torino
Edicola San Salvario|Via Madama Cristina 30|10125|45.0545|7.6805
Tabacchi Crocetta|Corso De Gasperi 20|10129|45.0570|7.6640
Bar Quadrilatero|Via Garibaldi 18|10122|45.0733|7.6790
IT angolo Napoli
Cartoleria Chiaia|Via Filangieri 40|80121|40.8365|14.2405
Edicola Toledo|Via Toledo 210|80132|40.8405|14.2490
IT angolo Bologna
Tabacchi Zamboni|Via Zamboni 30|40126|44.4965|11.3515
Edicola Saragozza|Via Saragozza 60|40123|44.4910|11.3315
IT angolo Palermo
Bar Politeama|Via Ruggero Settimo 50|90139|38.1235|13.3575
IT kastenwerk Milano
Locker Porta Garibaldi|Piazza Sigmund Freud 1|20154|45.4847|9.1875
Locker Porta Romana|Corso Lodi 20|20135|45.4520|9.2065
Locker Centrale|Piazza Duca d’Aosta 1|20124|45.4860|9.2040
IT kastenwerk Roma
Locker Termini|Piazza dei Cinquecento 1|00185|41.9010|12.5010
Locker Ostiense|Piazzale dei Partigiani 8|00154|41.8725|12.4840
FR angolo Paris
Tabac Saint-Roch|200 Rue Saint-Honoré|75001|48.8628|2.3375
Librairie du Marais|40 Rue de Turenne|75003|48.8580|2.3650
Papeterie Montorgueil|60 Rue Montorgueil|75002|48.8655|2.3470
Épicerie Passy|40 Rue de l’Annonciation|75016|48.8560|2.2815
Pressing Ternes|20 Avenue des Ternes|75017|48.8795|2.2945
Fleuriste Bastille|30 Rue de la Roquette|75011|48.8545|2.3725
Cordonnerie Monge|60 Rue Monge|75005|48.8440|2.3520
Tabac Convention|180 Rue de la Convention|75015|48.8375|2.2975
Librairie Abbesses|20 Rue des Abbesses|75018|48.8845|2.3375
Presse Alésia|70 Rue d’Alésia|75014|48.8285|2.3270
FR angolo Lyon
Librairie Bellecour|10 Rue de la Charité|69002|45.7560|4.8315
Tabac Terreaux|12 Rue Constantine|69001|45.7675|4.8325
Épicerie Croix-Rousse|60 Grande Rue de la Croix-Rousse|69004|45.7765|4.8305
Presse Part-Dieu|40 Cours Lafayette|69003|45.7635|4.8465
FR angolo Marseille
Tabac Saint-Ferréol|30 Rue de Rome|13001|43.2945|5.3800
Presse Vieux-Port|20 Rue de la République|13001|43.2985|5.3725
Pressing Prado|120 Avenue du Prado|13008|43.2760|5.3885
FR angolo Bordeaux
Librairie Gambetta|20 Rue du Palais Gallien|33000|44.8435|-0.5790
Presse Chartrons|40 Rue Notre-Dame|33000|44.8515|-0.5710
Tabac Victoire|10 Cours de la Marne|33800|44.8305|-0.5710
FR angolo Lille
Papeterie Vieux-Lille|30 Rue de la Monnaie|59000|50.6410|3.0625
Tabac Wazemmes|60 Rue Gambetta|59000|50.6305|3.0575
FR angolo Strasbourg
Librairie Kléber|12 Rue du Vieux-Marché-aux-Vins|67000|48.5835|7.7415
Presse Krutenau|20 Rue de Zurich|67000|48.5795|7.7580
FR angolo Nice
Tabac Masséna|10 Rue Gioffredo|06000|43.6985|7.2720
Presse Libération|20 Avenue Malaussena|06000|43.7095|7.2630
FR angolo Toulouse
Librairie Carmes|20 Rue des Filatiers|31000|43.5980|1.4445
Épicerie Capitole|30 Rue du Taur|31000|43.6065|1.4430
DE kastenwerk Berlin
Kasten Savignyplatz|Kantstraße 20|10623|52.5060|13.3205
Kasten Kurfürstendamm|Uhlandstraße 170|10719|52.5010|13.3255
Kasten Friedrichstraße|Georgenstraße 14|10117|52.5205|13.3880
Kasten Prenzlauer Berg|Schönhauser Allee 80|10439|52.5485|13.4135
Kasten Kreuzberg|Bergmannstraße 20|10961|52.4890|13.3935
Kasten Alexanderplatz|Karl-Liebknecht-Straße 13|10178|52.5225|13.4075
Kasten Neukölln|Karl-Marx-Straße 66|12043|52.4805|13.4345
DE kastenwerk München
Kasten Hauptbahnhof|Bayerstraße 10|80335|48.1395|11.5605
Kasten Sendlinger Tor|Sonnenstraße 12|80331|48.1350|11.5655
Kasten Maximilianstraße|Wurzerstraße 9|80539|48.1395|11.5835
Kasten Schwabing|Leopoldstraße 60|80802|48.1585|11.5855
Kasten Haidhausen|Weißenburger Straße 20|81667|48.1290|11.5990
Kasten Giesing|Tegernseer Landstraße 60|81541|48.1150|11.5790
DE kastenwerk Hamburg
Kasten Jungfernstieg|Große Bleichen 20|20354|53.5520|9.9880
Kasten Ottensen|Ottenser Hauptstraße 20|22765|53.5520|9.9310
Kasten Eppendorf|Eppendorfer Landstraße 60|20249|53.5910|9.9880
Kasten St. Georg|Lange Reihe 40|20099|53.5565|10.0110
DE kastenwerk Frankfurt am Main
Kasten Zeil|Zeil 60|60313|50.1150|8.6875
Kasten Sachsenhausen|Schweizer Straße 40|60594|50.1025|8.6785
Kasten Bornheim|Berger Straße 150|60385|50.1245|8.7080
DE kastenwerk Köln
Kasten Neumarkt|Hahnenstraße 20|50667|50.9365|6.9440
Kasten Ehrenfeld|Venloer Straße 240|50823|50.9480|6.9230
Kasten Südstadt|Bonner Straße 20|50677|50.9220|6.9595
DE kastenwerk Düsseldorf
Kasten Königsallee|Berliner Allee 30|40212|51.2220|6.7825
Kasten Bilk|Friedrichstraße 120|40217|51.2105|6.7770
DE kastenwerk Stuttgart
Kasten Königstraße|Lautenschlagerstraße 20|70173|48.7820|9.1780
Kasten Stuttgart-West|Schwabstraße 40|70197|48.7740|9.1570
DE kastenwerk Leipzig
Kasten Augustusplatz|Grimmaischer Steinweg 8|04103|51.3385|12.3835
ES angolo Madrid
Papelería Salamanca|Calle de Velázquez 40|28001|40.4265|-3.6840
Estanco Chueca|Calle de Hortaleza 60|28004|40.4240|-3.6985
Quiosco Malasaña|Calle de San Bernardo 80|28015|40.4275|-3.7075
Librería Chamberí|Calle de Fuencarral 130|28010|40.4320|-3.7035
Floristería Retiro|Calle de Ibiza 30|28009|40.4180|-3.6760
Tintorería Goya|Calle de Goya 70|28001|40.4248|-3.6760
Estanco Lavapiés|Calle de Embajadores 30|28012|40.4075|-3.7040
Papelería Tetuán|Calle de Bravo Murillo 200|28020|40.4560|-3.7035
ES angolo Barcelona
Estanc Passeig de Gràcia|Carrer de Mallorca 250|08008|41.3935|2.1620
Llibreria Gràcia|Carrer Gran de Gràcia 60|08012|41.4005|2.1545
Papereria Eixample|Carrer d’Aragó 300|08009|41.3945|2.1670
Quiosc Born|Passeig del Born 20|08003|41.3845|2.1825
Floristeria Sant Antoni|Ronda de Sant Antoni 40|08001|41.3815|2.1640
Bugaderia Les Corts|Travessera de les Corts 260|08014|41.3815|2.1320
ES angolo Valencia
Papelería Colón|Calle de Jorge Juan 12|46004|39.4695|-0.3695
Estanco Ruzafa|Calle de Cuba 40|46006|39.4600|-0.3745
Librería Benimaclet|Calle de Barón de San Petrillo 20|46020|39.4860|-0.3590
ES angolo Sevilla
Quiosco Sierpes|Calle Tetuán 20|41001|37.3895|-5.9955
Papelería Triana|Calle San Jacinto 40|41010|37.3835|-6.0040
Estanco Nervión|Calle Luis Montoto 80|41018|37.3880|-5.9780
ES angolo Bilbao
Librería Indautxu|Alameda de Urquijo 50|48011|43.2620|-2.9410
Estanco Casco Viejo|Calle de la Ribera 10|48005|43.2560|-2.9240
ES angolo Málaga
Papelería Soho|Calle Casas de Campos 12|29001|36.7160|-4.4240
Quiosco Larios|Calle Strachan 6|29015|36.7200|-4.4205
ES angolo Palma
Estanco Santa Catalina|Carrer de Sant Magí 30|07013|39.5730|2.6375
ES angolo Zaragoza
Papelería Independencia|Paseo de la Independencia 20|50004|41.6490|-0.8850
GB kastenwerk London
Locker Oxford Circus|Great Castle Street 10|W1W 8LP|51.5163|-0.1410
Locker Carnaby|Kingly Street 20|W1B 5PT|51.5128|-0.1392
Locker Sloane Square|Sloane Square 1|SW1W 8EE|51.4925|-0.1565
Locker King’s Road|Sydney Street 100|SW3 6NJ|51.4885|-0.1715
Locker Spitalfields|Commercial Street 90|E1 6LZ|51.5195|-0.0745
Locker Liverpool Street|Bishopsgate 180|EC2M 4NQ|51.5175|-0.0805
Locker Angel|Upper Street 30|N1 0PN|51.5345|-0.1040
Locker Clapham Junction|St John’s Hill 20|SW11 1RU|51.4635|-0.1705
Locker Hammersmith|King Street 30|W6 0QA|51.4930|-0.2265
Locker Peckham|Rye Lane 60|SE15 5BY|51.4700|-0.0690
GB kastenwerk Manchester
Locker Deansgate|Deansgate 100|M3 2QG|53.4815|-2.2480
Locker Piccadilly|Portland Street 20|M1 4GX|53.4785|-2.2355
Locker Didsbury|Wilmslow Road 700|M20 2DN|53.4175|-2.2315
GB kastenwerk Edinburgh
Locker Princes Street|South St David Street 6|EH2 2BW|55.9535|-3.1930
Locker Leith|Great Junction Street 60|EH6 5LD|55.9720|-3.1750
Locker Bruntsfield|Bruntsfield Place 120|EH10 4ES|55.9360|-3.2090
GB kastenwerk Birmingham
Locker New Street|Corporation Street 20|B2 4LP|52.4800|-1.8965
Locker Jewellery Quarter|Vyse Street 60|B18 6EX|52.4885|-1.9120
GB kastenwerk Bristol
Locker Cabot|Union Street 10|BS1 2DP|51.4570|-2.5895
Locker Clifton|Whiteladies Road 80|BS8 2QN|51.4640|-2.6095
GB kastenwerk Leeds
Locker Briggate|Briggate 40|LS1 6HD|53.7960|-1.5420
GB kastenwerk Glasgow
Locker Buchanan Street|West Nile Street 60|G1 2NP|55.8610|-4.2560
GB kastenwerk Cardiff
Locker The Hayes|Hill Street 4|CF10 2GR|51.4785|-3.1760
GB kastenwerk Belfast
Locker Donegall Square|Wellington Place 10|BT1 6GE|54.5970|-5.9320
GB kastenwerk Oxford
Locker Cornmarket|Cornmarket Street 30|OX1 3EY|51.7530|-1.2580
`;
