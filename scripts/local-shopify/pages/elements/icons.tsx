/** Small drawn pictures for `s-icon`; an icon without a drawing here is a plain ring. */
const PATHS: Readonly<Record<string, string>> = {
  delivery:
    'M2 5h10v8H2zM12 8h3.5L18 11v2h-6zM5.5 15.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM14.5 15.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2',
  calendar: 'M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3M13 3v3',
  store: 'M3 8l1.2-4h11.6L17 8v1.5H3zM4.5 9.5V16h11V9.5M8 16v-4h4v4',
  'check-circle': 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM6.8 10.2l2.2 2.2 4.2-4.6',
  check: 'M5 10.5l3.4 3.4L15 7',
  'alert-circle': 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6.5v4.2M10 13.2v.4',
  'alert-triangle': 'M10 3.5L17.5 16.5h-15zM10 8.5v3.7M10 14.2v.4',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.2v4.3M10 6.4v.4',
  'x-circle': 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM7.7 7.7l4.6 4.6M12.3 7.7l-4.6 4.6',
  x: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  order: 'M4 3h12v14H4zM7 7h6M7 10h6M7 13h3',
  location:
    'M10 17.5S4.5 12 4.5 8.5a5.5 5.5 0 0 1 11 0c0 3.500-5.500 9-5.500 9zM10 10.300a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600z',
  package: 'M10 2.800l7 3.600v7.200l-7 3.600-7-3.600V6.400zM3 6.400l7 3.600 7-3.600M10 10v7.200',
  leaf: 'M4 16c0-8 5-12 12.500-12C16.500 12 12 15.500 6 14.500M4 16c2-4 5-6.500 8-7.500',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  delete: 'M5 6h10l-.8 11H5.800zM3.500 6h13M8 6V3.500h4V6',
  edit: 'M4 16l.8-3.500L13 4.300 15.700 7 7.500 15.200z',
  search: 'M8.500 3.500a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12.300 12.300L17 17',
  home: 'M3 9.500L10 3.500l7 6M5 8.500V16.500h10V8.500',
  settings:
    'M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10 2.500v2M10 15.500v2M2.500 10h2M15.500 10h2M4.700 4.700l1.400 1.400M13.900 13.900l1.400 1.400M15.300 4.700l-1.400 1.400M6.100 13.900l-1.400 1.400',
  'chevron-down': 'M5 8l5 5 5-5',
  'chevron-right': 'M8 5l5 5-5 5',
  'arrow-left': 'M16 10H4M9 5l-5 5 5 5',
  external: 'M11 4h5v5M16 4l-7 7M14 11v5H4V6h5',
};

const SIZES: Readonly<Record<string, number>> = {
  'small-200': 12,
  'small-100': 14,
  small: 16,
  base: 20,
  large: 24,
  'large-100': 28,
};

export function Icon({ type, size = 'base' }: { type: string; size?: string }) {
  const px = SIZES[size] ?? 20;
  return (
    <svg
      aria-hidden="true"
      width={px}
      height={px}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      style="flex:none"
    >
      <path d={PATHS[type] ?? 'M10 4.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11z'} />
    </svg>
  );
}
