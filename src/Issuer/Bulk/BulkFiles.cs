using System.Security.Cryptography;
using Identity.Hosting;

namespace Identity.Issuer.Bulk;

/// <summary>Where an uploaded file lies between its upload and the end of its check: a folder for the owner of the process only.</summary>
internal sealed class BulkFiles(IConfiguration configuration)
{
    private readonly string _folder = Path.Combine(configuration["Data:Folder"]!, "bulk");

    /// <summary>The file of a job.</summary>
    public string Of(string job) => Path.Combine(_folder, $"{job}.csv");

    /// <summary>Writes the upload to disk, at most <see cref="BulkLimits.Bytes"/>; its hash and length, or null where it is larger.</summary>
    public async Task<(byte[] Hash, long Length)?> WriteAsync(string job, Stream upload, CancellationToken ct)
    {
        PrivateFiles.CreateFolder(_folder);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        var options = PrivateFiles.Options(FileMode.CreateNew);
        options.Options = FileOptions.Asynchronous;
        await using (var file = new FileStream(Of(job), options))
        {
            var buffer = new byte[64 * 1024];
            for (int read; (read = await upload.ReadAsync(buffer, ct)) > 0 && length <= BulkLimits.Bytes; length += read)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }
        if (length <= BulkLimits.Bytes) return (hash.GetHashAndReset(), length);
        Delete(job);
        return null;
    }

    /// <summary>Removes the file; nothing where there is none.</summary>
    public void Delete(string job) => File.Delete(Of(job));

    /// <summary>Jobs whose files lie here.</summary>
    public IEnumerable<string> Jobs() => Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f)) : [];
}
