-- What the shopper and the merchant were told by e-mail. A row is claimed before the mail goes out and settled after,
-- so that each is sent at most once; what may or may not have arrived is `unclear` and stays so (decision record 0094).
create table message (
  shop_id text not null,
  -- an order; '' for the merchant's digest of alerts
  order_id text not null,
  kind text not null check (kind in ('confirmed', 'ready', 'moved', 'digest')),
  -- what makes it another message: the promised date, the work that is ready, the digest's hour
  subject_key text not null,
  state text not null check (state in ('sending', 'sent', 'retry', 'failed', 'unclear', 'withheld')),
  -- the id it carries in its header, the same at every try
  message_id text not null,
  locale text not null,
  attempts smallint not null default 0,
  claimed_at timestamptz not null,
  settled_at timestamptz,
  -- why it failed, is tried again or is withheld
  reason text,
  primary key (shop_id, order_id, kind, subject_key)
) with (fillfactor = 80);
create index message_open on message (shop_id, claimed_at) where state in ('sending', 'retry');
create index message_by_time on message (shop_id, claimed_at desc);
call keep_shops_apart('message');
