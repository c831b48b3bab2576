using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Accounts;

/// <summary>Whose an object is that is stored at a provider.</summary>
internal sealed class ObjectOwners(Connections database)
{
    /// <returns>The user; null: nobody's that is known here.</returns>
    /// <exception cref="KeysUnavailableException"/>
    public async Task<string?> OwnerOfAsync(string clusterId, string objectId, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            await using var command = connection.Statement(
                """
                SELECT a.user_id FROM provider_objects o JOIN accounts a ON a.id = o.account_id
                WHERE o.cluster_id = @cluster AND o.object_id = @object
                """, ("@cluster", clusterId), ("@object", objectId));
            return await command.ExecuteScalarAsync(cancel) as string;
        }
        catch (DbException error)
        {
            throw new KeysUnavailableException(error);
        }
    }
}
