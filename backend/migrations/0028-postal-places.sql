-- Where postal codes lie, as imported by the operator (`kept import postal`): the same for every shop, no shop's data.
create table postal_place (
  country text not null check (country ~ '^[A-Z]{2}$'),
  code text not null,
  lat double precision not null check (lat between -90 and 90),
  lng double precision not null check (lng between -180 and 180),
  primary key (country, code)
);
revoke insert, update, delete on postal_place from kept_app;
