using System.Runtime.InteropServices;

namespace Tauro.FeatureStore;

/// <summary>
/// What the base class library lacks for commits that survive a crash: publishing a file under a name only if the name is free, in one step, and
/// flushing a folder, which holds the names.
/// </summary>
/// <remarks>
/// <see cref="File.Move(string, string)"/> looks whether the target exists and then renames, so that of two processes both can win. A hard link fails when
/// the name is taken, and appears with its whole content.
/// </remarks>
internal static partial class DurableFile
{
    private const int NameIsTaken = 17; // EEXIST, the same on Linux and macOS
    private const int AccessDenied = 13; // EACCES, likewise
    private const int ReadOnly = 0;

    public static bool TryPublish(string temporary, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(temporary, target, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(target))
            {
                return false;
            }
        }

        if (Link(temporary, target) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == NameIsTaken ? false : throw new IOException($"'{target}' could not be created: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    /// <summary>Creates a folder and makes its name, and those of the folders above it that were missing, durable.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        var parent = Path.GetDirectoryName(folder);
        if (parent is not null) CreateFolder(parent);
        Directory.CreateDirectory(folder);
        if (parent is not null) FlushFolder(parent);
    }

    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals names with the file.
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            // A folder above the store's own may be closed to this user; its names were not ours to make. Anything else would be a commit that is said to
            // be durable and is not.
            var error = Marshal.GetLastPInvokeError();
            if (error is AccessDenied) return;
            throw new IOException($"The folder '{folder}' could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}.");
        }

        try
        {
            if (FlushToDisk(descriptor) != 0)
                throw new IOException($"The folder '{folder}' could not be flushed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string created);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FlushToDisk(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
