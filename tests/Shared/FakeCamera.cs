using System.Text;
using Microsoft.Playwright;
using QRCoder;

namespace Identity.Tests.Shared;

/// <summary>
/// The picture that Chromium's fake camera shows: a Y4M file of eight frames, 1280×720, ten a second, over and over. It is written over in place, so that an open
/// camera sees the new picture with its next frame.
/// </summary>
internal sealed class FakeCamera : IDisposable
{
    /// <summary>So many stand in the file.</summary>
    public const int Frames = 8;
    private const int Width = 1280;
    private const int Height = 720;
    private const byte Grey = 128;

    public FakeCamera() => ShowNothing();

    public string File { get; } = Path.Combine(Path.GetTempPath(), $"identity-camera-{Guid.NewGuid():n}.y4m");

    /// <summary>A grey wall.</summary>
    public void ShowNothing() => Write((_, _) => Grey);

    /// <summary>Shows a QR of this text, as a phone held before the camera would.</summary>
    public void ShowQr(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var modules = data.ModuleMatrix;
        var scale = (Height - 80) / modules.Count;
        var (left, top) = ((Width - (modules.Count * scale)) / 2, (Height - (modules.Count * scale)) / 2);
        Write((x, y) =>
        {
            var (column, row) = ((x - left) / scale, (y - top) / scale);
            var inside = x >= left && y >= top && column < modules.Count && row < modules.Count;
            return inside && modules[row][column] ? (byte)16 : inside || NearBy(x, y, left, top, modules.Count * scale) ? (byte)235 : Grey;
        });
    }

    /// <summary>Shows what stands on a page: the element's own pixels, brought to the camera's size.</summary>
    public async Task ShowAsync(ILocator element, IPage scratch)
    {
        var picture = await element.ScreenshotAsync();
        var luma = await scratch.EvaluateAsync<string>("""
            async ([png, width, height]) => {
              const image = await createImageBitmap(new Blob([Uint8Array.from(atob(png), c => c.charCodeAt(0))], { type: 'image/png' }));
              const canvas = new OffscreenCanvas(width, height), context = canvas.getContext('2d');
              context.fillStyle = '#808080';
              context.fillRect(0, 0, width, height);
              const scale = Math.min((height - 40) / image.height, (width - 40) / image.width);
              context.imageSmoothingEnabled = true;
              context.drawImage(image, (width - image.width * scale) / 2, (height - image.height * scale) / 2, image.width * scale, image.height * scale);
              const data = context.getImageData(0, 0, width, height).data;
              let text = '';
              for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(Math.round(16 + 0.859 * (0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2])));
              return btoa(text);
            }
            """, new object[] { Convert.ToBase64String(picture), Width, Height });
        var bytes = Convert.FromBase64String(luma);
        Write((x, y) => bytes[(y * Width) + x]);
    }

    /// <summary>Shows these frames, one after another and over again.</summary>
    public void Show(PoorFrames poor) => Write(poor.Luma);

    /// <summary>A QR of this text as a poor camera sees it in bad light: eight frames, each of its own seed, with its own tilt, blur and noise.</summary>
    public static PoorFrames Poorly(string text, int seed)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        return new PoorFrames(data.Version, [.. Enumerable.Range(0, Frames).AsParallel().AsOrdered().Select(i => PoorPicture.Of(data.ModuleMatrix, Width, Height, new Random(seed + i)))]);
    }

    public void Dispose() => System.IO.File.Delete(File);

    private static bool NearBy(int x, int y, int left, int top, int size) => x >= left - 30 && y >= top - 30 && x < left + size + 30 && y < top + size + 30;

    private void Write(Func<int, int, byte> luma)
    {
        var frame = new byte[Width * Height];
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++) frame[(y * Width) + x] = luma(x, y);
        Write([frame]);
    }

    // Always as many, so that a camera that is open reads neither half a picture nor past the end.
    private void Write(byte[][] frames)
    {
        var colour = new byte[Width * Height / 2];
        Array.Fill(colour, (byte)128);
        using var stream = new FileStream(File, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        stream.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width} H{Height} F10:1 Ip A1:1 C420jpeg\n"));
        for (var i = 0; i < Frames; i++)
        {
            stream.Write("FRAME\n"u8);
            stream.Write(frames[i % frames.Length]);
            stream.Write(colour);
        }
    }
}

/// <summary>What a poor camera sees of a code.</summary>
/// <param name="Version">Of the code.</param>
/// <param name="Luma">Frames.</param>
internal sealed record PoorFrames(int Version, byte[][] Luma);
