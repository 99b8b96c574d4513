import { freshCodes } from '../examples/fresh-codes.ts';
import { type SampleFile, sampleFiles } from '../examples/sample-files.ts';
import type { UploadMutation } from '../operation/upload-fields.ts';

/** Which samples, and who takes the one that is chosen. */
export interface SampleMenuProps {
  /** Only files for this mutation are offered; `undefined`: all. */
  readonly mutation: UploadMutation | undefined;
  readonly onFile: (file: File) => void;
}

/** Files to try the sandbox with. */
export function SampleMenu({ mutation, onFile }: SampleMenuProps) {
  const offered = sampleFiles.filter((one) => !mutation || one.mutation === mutation);
  const use = ({ name, text }: SampleFile) =>
    onFile(new File([freshCodes(text)], name, { type: 'text/csv' }));
  return (
    <label className="cx-field">
      Use a sample file
      <select
        value=""
        onChange={({ target }) => {
          const sample = offered.find(({ name }) => name === target.value);
          if (sample) use(sample);
        }}
      >
        <option value="">Choose one …</option>
        {offered.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
