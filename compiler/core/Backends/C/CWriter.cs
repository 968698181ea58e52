using System.Globalization;
using System.Text;
using Netpol.Model;

namespace Netpol.Compiler.Backends.C;

/// <summary>
/// Text of a C file that knows the number of its next line, so that <c>#line</c> can go to a source line and back.
/// </summary>
internal sealed class CWriter(string fileName)
{
    private readonly StringBuilder _text = new();
    private int _nextLine = 1;
    private bool _isElsewhere;

    /// <summary>One line; it may hold several physical ones.</summary>
    public void Line(string text = "")
    {
        _text.Append(text).Append('\n');
        _nextLine += 1 + text.Count(c => c == '\n');
    }

    public void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>What follows is shown as code of this source line, until another is named.</summary>
    public void At(Origin origin)
    {
        Line($"#line {origin.Line} {CNames.Quoted(origin.File)}");
        _isElsewhere = true;
    }

    /// <summary>What follows is this file's own.</summary>
    public void Here()
    {
        if (_isElsewhere)
        {
            // The directive gives the number of the line after it.
            Line($"#line {_nextLine + 1} {CNames.Quoted(fileName)}");
            _isElsewhere = false;
        }
    }

    public override string ToString() => _text.ToString();
}
