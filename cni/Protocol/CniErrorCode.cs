namespace Netpol.Cni.Protocol;

/// <summary>Codes of a CNI error: 1 to 99 are the specification's (section 5), from 100 on they are ours.</summary>
internal enum CniErrorCode
{
    IncompatibleVersion = 1,
    UnsupportedField = 2,

    /// <summary>Tells the runtime that no DEL is needed.</summary>
    UnknownContainer = 3,
    InvalidEnvironment = 4,
    IoFailure = 5,
    DecodingFailure = 6,
    InvalidConfig = 7,
    TryAgainLater = 11,

    /// <summary>STATUS: an ADD would fail now.</summary>
    NotAvailable = 50,

    /// <summary>The container's address management failed; the message is the IPAM plugin's.</summary>
    IpamFailed = 101,

    /// <summary>A device, address or route could not be made.</summary>
    DeviceFailed = 102,

    /// <summary>CHECK found something missing or different.</summary>
    CheckFailed = 103,

    /// <summary>The policy could not be attached; nothing passes.</summary>
    AttachFailed = 104,

    /// <summary>The kernel's verifier refused a program; the message is the `.netpol` line.</summary>
    VerifierRefused = 105,

    /// <summary>A mistake of the plugin itself.</summary>
    Internal = 199,
}
