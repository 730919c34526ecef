-- Stock files: kept as they were sent, booked behind a cursor (docs/decisions/0072).

-- state: uploading → ready → booking → done | canceled; ready may be canceled too.
-- cursor_row: rows of the file (the heading not counted) that are settled; it moves with the counts.
create table stock_import (
  shop_id text not null,
  import_id text not null,
  file_name text not null,
  state text not null check (state in ('uploading', 'ready', 'booking', 'done', 'canceled')),
  size_bytes bigint not null default 0 check (size_bytes >= 0),
  encoding text,
  options jsonb,
  rows_total integer check (rows_total >= 0),
  cursor_row integer not null default 0 check (cursor_row >= 0),
  booked integer not null default 0,
  unchanged integer not null default 0,
  refused integer not null default 0,
  created_at timestamptz not null,
  created_by text not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (shop_id, import_id),
  check (booked + unchanged + refused = cursor_row)
);
create index stock_import_open on stock_import (shop_id) where state = 'booking';
call keep_shops_apart('stock_import');

create table stock_import_piece (
  shop_id text not null,
  import_id text not null,
  ordinal integer not null,
  bytes bytea not null,
  primary key (shop_id, import_id, ordinal),
  foreign key (shop_id, import_id) references stock_import (shop_id, import_id) on delete cascade
);
alter table stock_import_piece alter column bytes set storage external;
call keep_shops_apart('stock_import_piece');

-- cells: the row as it was read, for the file of errors; line: where it begins in the file, for a person.
create table stock_import_error (
  shop_id text not null,
  import_id text not null,
  row_number integer not null,
  line integer not null,
  cells jsonb not null,
  reason jsonb not null,
  primary key (shop_id, import_id, row_number),
  foreign key (shop_id, import_id) references stock_import (shop_id, import_id) on delete cascade
);
call keep_shops_apart('stock_import_error');
