import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

interface Settings {
  readonly endpoint: string;
  readonly sandboxToken: string | null;
}

const settings = (await (await fetch('/graphiql/settings.json')).json()) as Settings;
const query = new URLSearchParams(location.search);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

createRoot(root).render(
  <GraphiQL
    fetcher={createGraphiQLFetcher({ url: settings.endpoint })}
    {...(settings.sandboxToken && {
      initialHeaders: JSON.stringify({ 'x-cap-api-oauth-token': settings.sandboxToken }, null, 2),
    })}
    initialQuery={query.get('query') ?? ''}
    initialVariables={query.get('variables') ?? ''}
  />,
);
