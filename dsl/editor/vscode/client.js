'use strict';

// Starts `netpol lsp` and gives the editor what it answers. The server knows the language; here are only the two sides' words for the same.

const childProcess = require('child_process');
const vscode = require('vscode');
const { Connection } = require('./connection');

const language = { language: 'netpol', scheme: 'file' };

let running = null;

async function activate(context) {
    context.subscriptions.push(
        vscode.commands.registerCommand('netpol.restart', async () => {
            await deactivate();
            await start();
        }),
        vscode.workspace.onDidChangeConfiguration(async change => {
            if (change.affectsConfiguration('netpol')) {
                await deactivate();
                await start();
            }
        }));
    await start();
}

async function start() {
    const settings = vscode.workspace.getConfiguration('netpol');
    const program = settings.get('server', 'netpol');
    const server = childProcess.spawn(program, ['lsp'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const disposables = [];
    const mine = { server, disposables, connection: new Connection(server) };
    running = mine;
    server.on('error', error => vscode.window.showErrorMessage(`\`${program} lsp\` does not start: ${error.message}. The setting netpol.server names the program.`));
    const folders = (vscode.workspace.workspaceFolders || []).map(folder => ({ uri: folder.uri.toString(), name: folder.name }));
    let capabilities;
    try {
        const answer = await mine.connection.request('initialize', {
            processId: process.pid,
            rootUri: folders.length > 0 ? folders[0].uri : null,
            workspaceFolders: folders,
            capabilities: {},
            initializationOptions: { roots: settings.get('roots', []) },
        });
        capabilities = answer.capabilities;
    } catch {
        return;
    }

    mine.connection.notify('initialized', {});
    synchronize(mine);
    provide(mine, capabilities);
}

async function deactivate() {
    const old = running;
    running = null;
    if (!old) {
        return;
    }

    old.disposables.forEach(disposable => disposable.dispose());
    try {
        await old.connection.request('shutdown', {});
        old.connection.notify('exit', {});
    } catch {
        old.server.kill();
    }
}

// Documents to the server, diagnostics from it.
function synchronize({ connection, disposables }) {
    const problems = vscode.languages.createDiagnosticCollection('netpol');
    const isOurs = document => document.languageId === 'netpol' && document.uri.scheme === 'file';
    const identified = document => ({ uri: document.uri.toString() });
    const open = document => isOurs(document) && connection.notify('textDocument/didOpen', {
        textDocument: { ...identified(document), languageId: 'netpol', version: document.version, text: document.getText() },
    });
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.netpol');
    const changed = () => connection.notify('workspace/didChangeWatchedFiles', { changes: [] });
    connection.on('textDocument/publishDiagnostics', ({ uri, diagnostics }) => problems.set(vscode.Uri.parse(uri), diagnostics.map(toDiagnostic)));
    disposables.push(
        problems,
        watcher,
        watcher.onDidCreate(changed),
        watcher.onDidDelete(changed),
        watcher.onDidChange(changed),
        vscode.workspace.onDidOpenTextDocument(open),
        vscode.workspace.onDidCloseTextDocument(document => isOurs(document) && connection.notify('textDocument/didClose', { textDocument: identified(document) })),
        vscode.workspace.onDidSaveTextDocument(document => isOurs(document) && connection.notify('textDocument/didSave', { textDocument: identified(document) })),
        vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => isOurs(document) && contentChanges.length > 0 && connection.notify('textDocument/didChange', {
            textDocument: { ...identified(document), version: document.version },
            contentChanges: contentChanges.map(change => ({ range: fromRange(change.range), text: change.text })),
        })));
    vscode.workspace.textDocuments.forEach(open);
}

function provide({ connection, disposables }, capabilities) {
    const at = (document, position) => ({ textDocument: { uri: document.uri.toString() }, position: { line: position.line, character: position.character } });
    const on = document => ({ textDocument: { uri: document.uri.toString() } });
    const ask = (method, params, convert) => connection.request(method, params).then(result => result === null ? null : convert(result));
    const legend = capabilities.semanticTokensProvider.legend;
    const { languages } = vscode;
    disposables.push(
        languages.registerHoverProvider(language, {
            provideHover: (document, position) => ask('textDocument/hover', at(document, position),
                hover => new vscode.Hover(new vscode.MarkdownString(hover.contents.value), toRange(hover.range))),
        }),
        languages.registerCompletionItemProvider(language, {
            provideCompletionItems: (document, position) => ask('textDocument/completion', at(document, position), list => list.items.map(toCompletion)),
        }, ...capabilities.completionProvider.triggerCharacters),
        languages.registerDefinitionProvider(language, {
            provideDefinition: (document, position) => ask('textDocument/definition', at(document, position), places => places.map(toLocation)),
        }),
        languages.registerReferenceProvider(language, {
            provideReferences: (document, position, context) => ask('textDocument/references',
                { ...at(document, position), context: { includeDeclaration: context.includeDeclaration } }, places => places.map(toLocation)),
        }),
        languages.registerDocumentHighlightProvider(language, {
            provideDocumentHighlights: (document, position) => ask('textDocument/documentHighlight', at(document, position),
                places => places.map(place => new vscode.DocumentHighlight(toRange(place.range), place.kind - 1))),
        }),
        languages.registerDocumentSymbolProvider(language, {
            provideDocumentSymbols: document => ask('textDocument/documentSymbol', on(document), symbols => symbols.map(toSymbol)),
        }),
        languages.registerRenameProvider(language, {
            prepareRename: async (document, position) => {
                const place = await connection.request('textDocument/prepareRename', at(document, position));
                if (place === null) {
                    throw new Error('Here stands no name that these files declare.');
                }

                return { range: toRange(place.range), placeholder: place.placeholder };
            },
            provideRenameEdits: (document, position, newName) => ask('textDocument/rename', { ...at(document, position), newName }, toEdit),
        }),
        languages.registerDocumentFormattingEditProvider(language, {
            provideDocumentFormattingEdits: (document, options) => ask('textDocument/formatting', { ...on(document), options }, edits => edits.map(toTextEdit)),
        }),
        languages.registerCodeActionsProvider(language, {
            provideCodeActions: (document, range, context) => ask('textDocument/codeAction',
                { ...on(document), range: fromRange(range), context: { diagnostics: [], ...(context.only ? { only: [context.only.value] } : {}) } },
                actions => actions.map(toAction)),
        }, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.SourceFixAll] }),
        languages.registerInlayHintsProvider(language, {
            provideInlayHints: (document, range) => ask('textDocument/inlayHint', { ...on(document), range: fromRange(range) }, hints => hints.map(toHint)),
        }),
        languages.registerDocumentSemanticTokensProvider(language, {
            provideDocumentSemanticTokens: document => ask('textDocument/semanticTokens/full', on(document), tokens => new vscode.SemanticTokens(new Uint32Array(tokens.data))),
        }, new vscode.SemanticTokensLegend(legend.tokenTypes, legend.tokenModifiers)));
}

// The protocol's values to the editor's, and back. Its enumerations count from 1, the editor's from 0.

const fromRange = range => ({
    start: { line: range.start.line, character: range.start.character },
    end: { line: range.end.line, character: range.end.character },
});

const toRange = range => new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);

const toLocation = location => new vscode.Location(vscode.Uri.parse(location.uri), toRange(location.range));

const toTextEdit = edit => new vscode.TextEdit(toRange(edit.range), edit.newText);

function toDiagnostic(problem) {
    const diagnostic = new vscode.Diagnostic(toRange(problem.range), problem.message, problem.severity - 1);
    diagnostic.code = problem.code;
    diagnostic.source = problem.source;
    diagnostic.relatedInformation = (problem.relatedInformation || []).map(related => new vscode.DiagnosticRelatedInformation(toLocation(related.location), related.message));
    return diagnostic;
}

function toCompletion(item) {
    const completion = new vscode.CompletionItem(item.label, item.kind - 1);
    completion.detail = item.detail;
    completion.sortText = item.sortText;
    completion.insertText = item.textEdit.newText;
    completion.range = toRange(item.textEdit.range);
    completion.documentation = item.documentation && new vscode.MarkdownString(item.documentation.value);
    return completion;
}

function toSymbol(symbol) {
    const made = new vscode.DocumentSymbol(symbol.name, symbol.detail || '', symbol.kind - 1, toRange(symbol.range), toRange(symbol.selectionRange));
    made.children = symbol.children.map(toSymbol);
    return made;
}

function toEdit(edit) {
    const made = new vscode.WorkspaceEdit();
    for (const [uri, edits] of Object.entries(edit.changes)) {
        made.set(vscode.Uri.parse(uri), edits.map(toTextEdit));
    }

    return made;
}

function toAction(action) {
    const kind = action.kind === 'quickfix' ? vscode.CodeActionKind.QuickFix : vscode.CodeActionKind.SourceFixAll;
    const made = new vscode.CodeAction(action.title, kind);
    made.edit = toEdit(action.edit);
    made.isPreferred = action.isPreferred;
    made.diagnostics = (action.diagnostics || []).map(toDiagnostic);
    return made;
}

function toHint(hint) {
    const made = new vscode.InlayHint(new vscode.Position(hint.position.line, hint.position.character), hint.label, hint.kind);
    made.paddingLeft = hint.paddingLeft;
    made.tooltip = hint.tooltip;
    return made;
}

module.exports = { activate, deactivate };
