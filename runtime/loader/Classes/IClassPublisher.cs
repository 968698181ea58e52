namespace Netpol.Loader.Classes;

/// <summary>Tells the datapath what a class means, before any address is of it.</summary>
internal interface IClassPublisher
{
    /// <param name="earlier">Every class of the node that is known already.</param>
    void Publish(AddressClass added, IReadOnlyList<AddressClass> earlier);

    /// <summary>A class that is known as a peer is of a container of this node, too, from now on.</summary>
    /// <param name="all">Every class of the node.</param>
    void Judge(AddressClass judged, IReadOnlyList<AddressClass> all);
}
