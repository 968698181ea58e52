namespace Netpol.Loader.Classes;

/// <summary>Tells the datapath what a class means, before any address is of it.</summary>
internal interface IClassPublisher
{
    /// <param name="earlier">Every class of the node that is known already.</param>
    void Publish(AddressClass added, IReadOnlyList<AddressClass> earlier);
}
