/** The preview's half of the theme editor. */
export {};
