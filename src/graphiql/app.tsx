import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { filesPlugin } from './panels/files-plugin.tsx';
import { jobsPlugin } from './panels/jobs-plugin.tsx';
import { Announcer } from './parts/announcer.tsx';
import { CopyCurlButton } from './parts/copy-curl-button.tsx';
import { EditorThemes, editorTheme } from './parts/editor-themes.tsx';
import { ExamplesMenu } from './parts/examples-menu.tsx';
import { ExplorerContext } from './parts/explorer-context.ts';
import { LeaveGuard } from './parts/leave-guard.tsx';
import { NoticeStrip } from './parts/notice-strip.tsx';
import { PanelBridge } from './parts/panel-bridge.tsx';
import { PlainTabs } from './parts/plain-tabs.tsx';
import { TopBar } from './parts/top-bar.tsx';
import type { TextStorage } from './state/browser-storage.ts';
import type { Explorer } from './state/create-explorer.ts';

/** What the page works with. */
export interface AppProps {
  readonly explorer: Explorer;
  readonly storage: TextStorage;
}

/** The whole page: the bar, GraphiQL with our two panels, and what screen readers are told. */
export function App({ explorer, storage }: AppProps) {
  const { store, fetcher, keepTabs } = explorer;
  return (
    <ExplorerContext value={explorer}>
      <TopBar />
      <main className="cx-main">
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          plugins={plugins}
          visiblePlugin={filesPlugin}
          editorTheme={editorTheme}
          defaultEditorToolsVisibility="variables"
          // Headers may hold a token, which must be kept in one place only.
          shouldPersistHeaders={false}
          // A place for a file holds null in JSON, which the editor would underline as wrong.
          customScalarSchemas={{ Upload: { type: ['null'] } }}
          onSchemaChange={(schema) => store.set({ schema })}
          onTabChange={({ tabs, activeTabIndex }) => {
            store.set({ tab: tabs[activeTabIndex]?.id ?? '' });
            keepTabs(tabs.map(({ id }) => id));
          }}
        >
          <GraphiQL.Logo>
            <ExamplesMenu />
          </GraphiQL.Logo>
          <GraphiQL.Toolbar>
            {({ prettify, copy, merge }) => (
              <>
                {prettify}
                {merge}
                {copy}
                <CopyCurlButton />
              </>
            )}
          </GraphiQL.Toolbar>
          <PanelBridge />
          <EditorThemes />
          <PlainTabs />
        </GraphiQL>
      </main>
      {/* Below: what comes and goes above would move the tabs under a click. */}
      <NoticeStrip />
      <Announcer />
      <LeaveGuard />
    </ExplorerContext>
  );
}

const plugins = [filesPlugin, jobsPlugin, HISTORY_PLUGIN];
