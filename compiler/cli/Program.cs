using System.Text;
using Netpol.Cli;

// Nothing is written before the end but what a command flushes itself: 10,000 verdicts must not be 10,000 system calls.
var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var output = new StreamWriter(new StandardStream(1, isVital: true), utf8, 1 << 16);
using var error = new StreamWriter(new StandardStream(2, isVital: false), utf8) { AutoFlush = true };
using var input = new StreamReader(OpenInput(), utf8);

var isPlain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
    || Environment.GetEnvironmentVariable("TERM") == "dumb";
return new CommandHost(new Terminal(input, output, error)
{
    HasColour = !Console.IsOutputRedirected && !isPlain,
    RawInput = OpenInput,
    RawOutput = () => new StandardStream(1, isVital: true),
    ErrorHasColour = !Console.IsErrorRedirected && !isPlain,
}).Run(args);

// A closed standard input has nothing to say; only who asks for it should notice.
static Stream OpenInput()
{
    try
    {
        return Console.OpenStandardInput();
    }
    catch (UnauthorizedAccessException)
    {
        return Stream.Null;
    }
}
