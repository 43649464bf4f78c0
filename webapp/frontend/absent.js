// Stands in the modeler's bundle for editors of FEEL and JSON, checkers of foreign templates and what else no field of
// the camunda: dialect ever opens: half of the bundle's weight. A new version that asks for more stops the build.
const absent = () => { throw new Error('这个编辑器没有装进来'); };

export default absent;
export const Annotation = { define: () => null };
export const jsonParseLinter = () => null;
export const getSchemaVersion = () => '', getZeebeSchemaVersion = () => '', getZeebeSchemaPackage = () => '';
export const getCoerced = engines => engines, getCompatible = engines => engines;      // our templates fit any
export {
  absent as EditorView, absent as EditorState, absent as highlightSpecialChars, absent as drawSelection,
  absent as keymap, absent as placeholder, absent as lineNumbers, absent as syntaxHighlighting, absent as defaultHighlightStyle,
  absent as foldGutter, absent as bracketMatching, absent as foldKeymap, absent as closeBrackets,
  absent as closeBracketsKeymap, absent as history, absent as defaultKeymap, absent as historyKeymap, absent as json,
  absent as linter, absent as FeelersEditor, absent as createFocusTrap, absent as getVariablesForElement,
  absent as validate, absent as validateZeebe,
  absent as isSatisfied
};
