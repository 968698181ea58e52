using Netpol.Loader.Abi;

namespace Netpol.Loader.Tables;

/// <summary>How far a connection has come, and so how soon its entry gives way where there is no room.</summary>
internal enum ConnectionStage
{
    /// <summary>Admits nothing any more; a new one takes its way.</summary>
    Expired,

    /// <summary>Both ends have closed it, or one has reset it.</summary>
    Closed,

    /// <summary>Nobody has answered yet.</summary>
    Unanswered,

    /// <summary>Answered, but silent for longer than <c>SILENCE_IN_USE</c>: it gives way as the last.</summary>
    Silent,

    /// <summary>Never gives way.</summary>
    InUse,
}

/// <summary>Ages of connections, as conntrack.h judges them.</summary>
internal static class ConnectionStages
{
    private const byte Tcp = 6, Sctp = 132;
    private const int PickedUp = 0x04, Forward = 0x08;                                     // CONNECTION_*
    private const int ClosedByBoth = 3, ClosedByReset = 4;                                 // CLOSED_*
    private const int Opening = 60, Open = 21_600, Closed = 60, Reset = 10, Unanswered = 30, Answered = 180;  // LIFETIME_*, seconds
    private const int InUse = 120;                                                          // SILENCE_IN_USE

    /// <param name="protocol">An IP protocol number.</param>
    /// <param name="now">By <see cref="DatapathClock"/>.</param>
    internal static ConnectionStage Of(in Connection connection, byte protocol, uint now)
    {
        var silence = (int)(now - connection.Seen);
        if (silence > (int)DatapathClock.Units(Lifetime(connection, protocol)))
        {
            // A forward entry sees no answers, which may keep the connection alive.
            return (connection.Flags & Forward) == 0 ? ConnectionStage.Expired : ConnectionStage.Closed;
        }

        if (connection.Closed >= ClosedByBoth)
        {
            return ConnectionStage.Closed;
        }

        if (connection.Answered == 0)
        {
            return ConnectionStage.Unanswered;
        }

        return silence >= (int)DatapathClock.Units(InUse) ? ConnectionStage.Silent : ConnectionStage.InUse;
    }

    private static int Lifetime(in Connection connection, byte protocol)
    {
        var isAnswered = connection.Answered != 0 || (connection.Flags & PickedUp) != 0;
        if (protocol is not (Tcp or Sctp))
        {
            return isAnswered ? Answered : Unanswered;
        }

        if ((connection.Closed & ClosedByReset) != 0)
        {
            return Reset;
        }

        return connection.Closed >= ClosedByBoth ? Closed : isAnswered ? Open : Opening;
    }
}
