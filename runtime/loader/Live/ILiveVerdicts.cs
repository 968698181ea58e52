using Netpol.Loader.Classes;

namespace Netpol.Loader.Live;

/// <summary>What the datapath knows of classes while they come and go: verdict tables, or the sets that generated code asks for.</summary>
internal interface ILiveVerdicts
{
    /// <summary>Before any address is of it.</summary>
    /// <exception cref="TablesFullException">This object is of no use any more; what is in charge is as it was.</exception>
    void Publish(AddressClass added);

    /// <summary>Before a container of this node is of it.</summary>
    /// <exception cref="TablesFullException">As above.</exception>
    void Judge(AddressClass judged);

    /// <summary>
    /// Another process has published classes, or judges some, which are published and judged here next. What is returned frees what it took for that, once
    /// no program has read what it wrote.
    /// </summary>
    Action LeaveForeign();

    /// <summary>No address is of these any more. What is returned takes them out of the kernel, once no program has read such an address.</summary>
    Action Retire(IReadOnlyCollection<AddressClass> gone);
}
