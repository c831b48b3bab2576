using System.Data.Common;
using Microsoft.EntityFrameworkCore;

// Insights may see the context, and never write through it.
namespace AiGateway.Tests.Architecture.Trespassers.Insights;

[Trespass(How.Instruction, "DbContext::SaveChangesAsync")]
internal static class Saves { public static Task Run(DbContext db) => db.SaveChangesAsync(); }

[Trespass(How.Instruction, "DbContext::Remove")]
internal static class RemovesFromContext { public static void Run(DbContext db) => db.Remove(new object()); }

[Trespass(How.Instruction, "DbSet`1::Add")]
internal static class AddsToSet { public static void Run(DbSet<Storage.Thing> things) => things.Add(new()); }

[Trespass(How.Instruction, "::ExecuteDeleteAsync")]
internal static class DeletesInBulk { public static async Task Run(IQueryable<Storage.Thing> things) => await things.ExecuteDeleteAsync(); }

[Trespass(How.Instruction, "::ExecuteUpdate")]
internal static class UpdatesInBulk
{
    public static void Run(IQueryable<Storage.Thing> things) => things.ExecuteUpdate(set => set.SetProperty(t => t.Size, 2));
}

[Trespass(How.Instruction, "::ExecuteSqlRaw")]
internal static class SendsSql { public static void Run(DbContext db) => db.Database.ExecuteSqlRaw("VACUUM"); }

[Trespass(How.Instruction, "DbCommand::ExecuteNonQuery")]
internal static class Commands { public static void Run(DbCommand command) => command.ExecuteNonQuery(); }

[Trespass(How.Literal, "UPDATE accounts SET balance")]
internal static class WritesByQuery { public static string Sql(long to) => $"UPDATE accounts SET balance = {to} RETURNING balance"; }

// Reading is what Insights is for, and so is a text that only speaks of deleting.
internal static class Reads
{
    public static Task<List<Storage.Thing>> Run(DbContext db) => db.Set<Storage.Thing>().Where(t => t.Size > 1).ToListAsync();

    public static string Text => "SELECT 1; and DELETE is a word";
}
