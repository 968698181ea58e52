using System.Net;
using Netpol.Bundle;

namespace Netpol.Loader.Endpoints;

/// <summary>
/// Refuses endpoints that a bundle's source assumes never to be: what was proved of the policy was proved without them.
/// </summary>
internal static class AssumptionCheck
{
    /// <exception cref="LoaderException">The endpoint is such a one; the message names the line.</exception>
    internal static void Require(Manifest manifest, EndpointSpec spec)
    {
        // Labels and namespace alone decide: such a set asks for no address.
        Subject.Endpoint subject = new(
            IPAddress.None, spec.Namespace, Placement.LabelsOf(manifest, spec.Namespace, spec.NamespaceLabels), spec.Labels);
        foreach (var assumption in manifest.Assumptions ?? [])
        {
            if (Placement.Holds(assumption.Endpoints, subject))
            {
                throw new LoaderException(
                    $"{(spec.Name is { Length: > 0 } name ? $"`{name}`" : "the container")} is what {assumption.File}:{assumption.Line}:{assumption.Column} " +
                    $"assumes never to be there: `{assumption.Text}`; give it other labels, or take the assumption back");
            }
        }
    }
}
