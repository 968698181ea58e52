using Netpol.Lsp;

namespace Netpol.Cli;

/// <summary><c>netpol lsp</c>: the language server, for editors.</summary>
internal sealed class LspCommand : NetpolCommand
{
    public LspCommand(Terminal terminal)
        : base("lsp", "Serve an editor: the language server protocol on standard input and output.", "netpol lsp")
    {
        SetAction(_ =>
        {
            terminal.Output.Flush();
            return ServerLoop.Run(terminal.RawInput(), terminal.RawOutput(), ProgramVersion.Text);
        });
    }
}
