namespace Netpol.Compiler.Validation;

/// <summary>One thing that a function can find out.</summary>
internal enum ObservableKind : byte
{
    /// <summary>A field of the input, by its index in <c>PolicyInput.Fields</c>.</summary>
    Field,

    /// <summary>32 bits of the sets that self is in.</summary>
    SelfWord,

    /// <summary>32 bits of the sets that peer is in.</summary>
    PeerWord,

    /// <summary>32 bits of the port's names.</summary>
    NameWord,

    /// <summary>Zero: there is no input.</summary>
    Input,

    /// <summary>Zero: the class of self is in no table; likewise for the others.</summary>
    SelfLookup,
    PeerLookup,
    NameLookup,

    /// <summary>What another function answers, by its number: zero or not.</summary>
    Answer,
}
