/**
 * The admin app: one page inside Shopify's admin, its screens by path.
 */
import { render } from 'preact';
import { ChannelsScreen } from './channels.tsx';
import { ConnectionsScreen } from './connections.tsx';
import { DesksScreen } from './desks.tsx';
import { isFramed } from './host.ts';
import { NetworkScreen } from './network.tsx';
import { OrdersScreen } from './orders/list.tsx';
import { OutcomesScreen } from './outcomes.tsx';
import { followLinks, route } from './route.ts';
import { RoutingScreen } from './routing/routing.tsx';
import { SetupScreen } from './setup.tsx';
import { StockScreen } from './stock.tsx';
import { SyncScreen } from './sync.tsx';
import { TesterScreen } from './tester.tsx';
import { speak } from './texts/text.ts';

function App() {
  const [part, ...rest] = route.value;
  switch (part) {
    case 'network':
      return <NetworkScreen path={rest} />;
    case 'channels':
      return <ChannelsScreen path={rest} />;
    case 'connections':
      return <ConnectionsScreen path={rest} />;
    case 'orders':
      return <OrdersScreen path={rest} />;
    case 'routing':
      return <RoutingScreen path={rest} />;
    case 'outcomes':
      return <OutcomesScreen />;
    case 'desks':
      return <DesksScreen />;
    case 'stock':
      return <StockScreen />;
    case 'sync':
      return <SyncScreen />;
    case 'tester':
      return <TesterScreen />;
    default:
      return <SetupScreen />;
  }
}

const root = document.getElementById('kept');
if (root !== null) {
  speak(document.documentElement.lang);
  document.body.classList.toggle('framed', isFramed());
  followLinks();
  render(<App />, root);
}
