using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AiGateway.Storage;

/// <summary>
/// The few calls that a settle makes some fifty times. By way of the library's safe handles each costs several times the work it does,
/// and a new array for every text.
/// </summary>
/// <remarks>None of them waits or calls back, which is what the shorter transition asks for. The statement has to be kept alive by whoever calls.</remarks>
internal static unsafe partial class SqliteNative
{
    private const string Library = "e_sqlite3";

    /// <summary>SQLite takes a copy before it returns.</summary>
    public const nint Transient = -1;

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int BindLong(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int BindNull(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text"), SuppressGCTransition]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int BindText(nint statement, int index, byte* text, int length, nint destructor);
}
