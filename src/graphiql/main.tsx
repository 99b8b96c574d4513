import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { examples } from './examples/examples.ts';
import { loadSettings } from './request/settings.ts';
import { browserStorage } from './state/browser-storage.ts';
import { createExplorer } from './state/create-explorer.ts';
import { keptValues } from './state/kept-values.ts';
import { initialTabs } from './tabs/initial-tabs.ts';
import { linkedOperation } from './tabs/linked-operation.ts';
import { readTabs } from './tabs/tab-state.ts';
import { tabStorage, tabsKey } from './tabs/tab-storage.ts';

const storage = browserStorage();
const explorer = createExplorer(await loadSettings(), keptValues(storage), location.origin);
const link = linkedOperation(location.search);
const tabs = initialTabs(readTabs(storage.getItem(tabsKey)), examples, link);
// It is in a tab now: a reload must not add it again.
if (link) history.replaceState(null, '', location.pathname);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
createRoot(root).render(<App explorer={explorer} storage={tabStorage(storage, tabs)} />);
