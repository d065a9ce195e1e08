using System.Collections;

namespace Identity.Tests.Shared;

/// <summary>
/// One frame of a cheap camera in bad light: a code over 65 % of the height, tilted, out of focus (σ 1.3 to 1.9 pixels), moved (up to 3 pixels), at half the contrast under
/// uneven light, with noise (σ 12) and JPEG's losses (quality 40). The same seed gives the same frame.
/// </summary>
internal static class PoorPicture
{
    private const double Fill = 0.65;
    private const int Quiet = 4; // modules
    private const int Samples = 3; // a pixel is the mean of so many, squared

    // ITU-T T.81, Annex K.1, at quality 40.
    private static readonly double[] Quantization = [.. new[]
    {
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    }.Select(step => Math.Floor(((step * 125.0) + 50) / 100))];

    private static readonly double[,] Cosines = Dct();

    /// <summary>Luma, row by row, one byte a pixel.</summary>
    public static byte[] Of(IReadOnlyList<BitArray> modules, int width, int height, Random random)
    {
        var light = Warped(modules, width, height, random);
        Blur(light, width, height, 1.3 + (0.6 * random.NextDouble()));
        Move(light, width, height, 1 + random.Next(3));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                ref var pixel = ref light[(y * width) + x];
                pixel = 128 + ((pixel - 128) * 0.5) + (30.0 * x / width) - (15.0 * y / height) + (12 * Gauss(random));
            }
        Compress(light, width, height);
        return [.. light.Select(value => (byte)Math.Clamp(value, 16, 235))];
    }

    // Turned by up to 5 degrees, and its far side smaller by up to a tenth.
    private static double[] Warped(IReadOnlyList<BitArray> modules, int width, int height, Random random)
    {
        var (angle, tiltX, tiltY) = ((random.NextDouble() - 0.5) * Math.PI / 18, (random.NextDouble() - 0.5) * 0.2, (random.NextDouble() - 0.5) * 0.2);
        var size = modules.Count;
        var side = Fill * height;
        var light = new double[width * height];
        var (cosine, sine) = (Math.Cos(angle), Math.Sin(angle));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < Samples * Samples; i++)
                {
                    var (u, v) = ((x + ((i % Samples + 0.5) / Samples) - (width / 2.0)) / side, (y + ((i / Samples + 0.5) / Samples) - (height / 2.0)) / side);
                    var depth = 1 + (tiltX * u) + (tiltY * v);
                    var (column, row) = (((cosine * u) + (sine * v)) / depth * size + (size / 2.0), ((cosine * v) - (sine * u)) / depth * size + (size / 2.0));
                    sum += Module(modules, column, row);
                }
                light[(y * width) + x] = sum / (Samples * Samples);
            }
        return light;
    }

    private static double Module(IReadOnlyList<BitArray> modules, double column, double row)
    {
        if (column < 0 || row < 0 || column >= modules.Count || row >= modules.Count)
            return column < -Quiet || row < -Quiet || column >= modules.Count + Quiet || row >= modules.Count + Quiet ? 128 : 235;
        return modules[(int)row][(int)column] ? 16 : 235;
    }

    private static void Blur(double[] light, int width, int height, double sigma)
    {
        var radius = (int)Math.Ceiling(3 * sigma);
        var weights = Enumerable.Range(-radius, (2 * radius) + 1).Select(i => Math.Exp(-i * i / (2 * sigma * sigma))).ToArray();
        var total = weights.Sum();
        Filter(light, width, height, 1, [.. weights.Select(weight => weight / total)]);
        Filter(light, width, height, width, [.. weights.Select(weight => weight / total)]);
    }

    private static void Move(double[] light, int width, int height, int pixels) => Filter(light, width, height, 1, [.. Enumerable.Repeat(1.0 / ((2 * (pixels / 2)) + 1), (2 * (pixels / 2)) + 1)]);

    private static void Filter(double[] light, int width, int height, int step, double[] weights)
    {
        var before = (double[])light.Clone();
        var radius = weights.Length / 2;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var sum = 0.0;
                for (var i = -radius; i <= radius; i++)
                {
                    var (a, b) = step == 1 ? (Math.Clamp(x + i, 0, width - 1), y) : (x, Math.Clamp(y + i, 0, height - 1));
                    sum += weights[i + radius] * before[(b * width) + a];
                }
                light[(y * width) + x] = sum;
            }
    }

    private static void Compress(double[] light, int width, int height)
    {
        var (block, middle, done) = (new double[64], new double[64], new double[64]);
        for (var y = 0; y + 8 <= height; y += 8)
            for (var x = 0; x + 8 <= width; x += 8)
            {
                for (var i = 0; i < 64; i++) block[i] = light[((y + (i / 8)) * width) + x + (i % 8)] - 128;
                Turn(block, middle, forward: true);
                for (var i = 0; i < 64; i++) middle[i] = Math.Round(middle[i] / Quantization[i]) * Quantization[i];
                Turn(middle, done, forward: false);
                for (var i = 0; i < 64; i++) light[((y + (i / 8)) * width) + x + (i % 8)] = done[i] + 128;
            }
    }

    // The discrete cosine transform of a block, or back: rows, then columns.
    private static void Turn(double[] from, double[] to, bool forward)
    {
        Span<double> rows = stackalloc double[64];
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < 8; i++) sum += from[(y * 8) + i] * (forward ? Cosines[x, i] : Cosines[i, x]);
                rows[(y * 8) + x] = sum;
            }
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 8; x++)
            {
                var sum = 0.0;
                for (var i = 0; i < 8; i++) sum += rows[(i * 8) + x] * (forward ? Cosines[y, i] : Cosines[i, y]);
                to[(y * 8) + x] = sum;
            }
    }

    private static double[,] Dct()
    {
        var table = new double[8, 8];
        for (var k = 0; k < 8; k++)
            for (var n = 0; n < 8; n++) table[k, n] = (k == 0 ? Math.Sqrt(0.125) : 0.5) * Math.Cos(Math.PI * ((2 * n) + 1) * k / 16);
        return table;
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
