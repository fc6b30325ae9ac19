// SPDX-License-Identifier: MIT
// A small path tracer: spheres of matt, mirror and glass under a sky, lit by one lamp. Writes path_tracer.png. The same functions run on the host for
// some rows; the two pictures must agree.
#include "../common/example.h"
#include "../common/png.h"
#include <cmath>
#include <vector>

constexpr int width = 400, height = 225, samples = 32, bounces = 5;

struct Vec {
    float x, y, z;
};

#define BOTH __host__ __device__ inline
BOTH Vec operator+(Vec a, Vec b)
{
    return {a.x + b.x, a.y + b.y, a.z + b.z};
}
BOTH Vec operator-(Vec a, Vec b)
{
    return {a.x - b.x, a.y - b.y, a.z - b.z};
}
BOTH Vec operator*(Vec a, Vec b)
{
    return {a.x * b.x, a.y * b.y, a.z * b.z};
}
BOTH Vec operator*(Vec a, float s)
{
    return {a.x * s, a.y * s, a.z * s};
}
BOTH float dot(Vec a, Vec b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
BOTH Vec unit(Vec a)
{
    return a * (1.0f / sqrtf(dot(a, a)));
}

enum Surface { matt, mirror, glass, lamp };

struct Sphere {
    Vec centre;
    float radius;
    Vec colour;
    Surface surface;
};

constexpr int sphere_count = 7;

BOTH Sphere sphere(int i)
{
    const Sphere scene[sphere_count] = {
        {{0, -1000, 0}, 1000, {0.62f, 0.60f, 0.58f}, matt},
        {{-2.1f, 1, 0.3f}, 1, {0.80f, 0.22f, 0.16f}, matt},
        {{0, 1, -0.4f}, 1, {0.93f, 0.94f, 0.96f}, mirror},
        {{2.1f, 1, 0.5f}, 1, {0.98f, 0.99f, 0.98f}, glass},
        {{-0.9f, 0.4f, 1.7f}, 0.4f, {0.16f, 0.42f, 0.78f}, matt},
        {{0.8f, 0.35f, 1.9f}, 0.35f, {0.88f, 0.68f, 0.22f}, mirror},
        {{-1.5f, 5.5f, 3.0f}, 1.2f, {11.0f, 10.0f, 8.5f}, lamp},
    };
    return scene[i];
}

// PCG: the same numbers on both sides.
struct Random {
    unsigned int state;
    BOTH float next()
    {
        state = state * 747796405u + 2891336453u;
        unsigned int word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737u;
        word = (word >> 22) ^ word;
        return (float)(word >> 8) * 0x1p-24f;
    }
};

BOTH Vec random_direction(Random &random)
{
    float z = 2 * random.next() - 1, turn = 6.2831853f * random.next();
    float r = sqrtf(fmaxf(0.0f, 1 - z * z));
    return {r * cosf(turn), r * sinf(turn), z};
}

// Distance along the ray, or a negative number.
BOTH float hit(const Sphere &s, Vec from, Vec way)
{
    Vec oc = from - s.centre;
    float b = dot(oc, way), d = b * b - (dot(oc, oc) - s.radius * s.radius);
    if (d < 0)
        return -1;
    float root = sqrtf(d);
    float near = -b - root, far = -b + root;
    return near > 2e-3f ? near : far > 2e-3f ? far : -1;
}

BOTH Vec sky(Vec way)
{
    float t = 0.5f * (way.y + 1);
    return Vec{0.55f, 0.60f, 0.68f} * (1 - t) + Vec{0.18f, 0.32f, 0.62f} * t;
}

BOTH Vec bend(Vec way, Vec normal, Random &random)
{
    float cosine = -dot(way, normal), ratio = 1 / 1.5f;
    if (cosine < 0) {
        normal = normal * -1.0f;
        cosine = -cosine;
        ratio = 1.5f;
    }
    float k = 1 - ratio * ratio * (1 - cosine * cosine);
    float r0 = 0.04f, m = 1 - cosine;
    float reflectance = r0 + (1 - r0) * m * m * m * m * m;
    if (k < 0 || random.next() < reflectance)
        return way + normal * (2 * cosine);
    return way * ratio + normal * (ratio * cosine - sqrtf(k));
}

BOTH int nearest(Vec from, Vec way, float &distance)
{
    int found = -1;
    distance = 1e30f;
    for (int i = 0; i < sphere_count; ++i) {
        float t = hit(sphere(i), from, way);
        if (t > 0 && t < distance) {
            distance = t;
            found = i;
        }
    }
    return found;
}

// Light that reaches a matt point straight from a random point of the lamp's near half.
BOTH Vec lamp_light(Vec point, Vec normal, Random &random)
{
    Sphere s = sphere(sphere_count - 1);
    Vec side = random_direction(random);
    if (dot(side, point - s.centre) < 0)
        side = side * -1.0f;
    Vec way = s.centre + side * s.radius - point;
    float square = dot(way, way), distance;
    way = way * (1 / sqrtf(square));
    float cosine = dot(way, normal), lamp_cosine = -dot(way, side);
    if (cosine <= 0 || lamp_cosine <= 0 || nearest(point, way, distance) != sphere_count - 1)
        return {0, 0, 0};
    return s.colour * (2 * s.radius * s.radius * cosine * lamp_cosine / square);
}

BOTH Vec trace(Vec from, Vec way, Random &random)
{
    bool see_lamp = true;
    Vec light = {0, 0, 0}, weight = {1, 1, 1};
    for (int bounce = 0; bounce < bounces; ++bounce) {
        float distance;
        int found = nearest(from, way, distance);
        if (found < 0)
            return light + weight * sky(way);
        Sphere s = sphere(found);
        Vec point = from + way * distance, normal = (point - s.centre) * (1 / s.radius);
        if (s.surface == lamp)
            return see_lamp ? light + weight * s.colour : light;
        weight = weight * s.colour;
        from = point;
        see_lamp = s.surface != matt;
        if (s.surface == matt) {
            light = light + weight * lamp_light(point, normal, random);
            way = unit(normal + random_direction(random) * 0.999f);
        } else if (s.surface == mirror) {
            way = unit(way - normal * (2 * dot(way, normal)) + random_direction(random) * 0.02f);
        } else {
            way = unit(bend(way, normal, random));
        }
    }
    return light;
}

BOTH Vec pixel(int x, int y)
{
    Vec eye = {0, 1.9f, 7.5f}, sum = {0, 0, 0};
    for (int s = 0; s < samples; ++s) {
        Random random = {(unsigned int)((y * width + x) * samples + s) * 2654435761u + 12345u};
        float u = ((float)x + random.next() - 0.5f * width) / height;
        float v = (0.5f * height - (float)y - random.next()) / height;
        sum = sum + trace(eye, unit({u, v - 0.10f, -1.25f}), random);
    }
    return sum * (1.0f / samples);
}

__global__ void render(Vec *image)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < width && y < height)
        image[y * width + x] = pixel(x, y);
}

static uint8_t tone(float v)
{
    v = v / (1 + 0.6f * v) * 1.5f;
    v = std::pow(std::fmin(std::fmax(v, 0.0f), 1.0f), 1 / 2.2f);
    return (uint8_t)(v * 255 + 0.5f);
}

int main()
{
    std::vector<Vec> image(width * height);
    DeviceArray<Vec> device_image(image.size());
    render<<<dim3((width + 15) / 16, (height + 15) / 16), dim3(16, 16)>>>(device_image.get());
    HIP_CHECK(hipGetLastError());
    device_image.download(image.data());

    std::vector<uint8_t> rgb;
    for (const Vec &p : image)
        rgb.insert(rgb.end(), {tone(p.x), tone(p.y), tone(p.z)});
    bool written = PngWriter::write("path_tracer.png", width, height, rgb.data());

    // A different last bit may send a path elsewhere, so single pixels may differ; a row's mean hardly.
    int rows = 0, off = 0;
    double worst = 0;
    for (int y = 8; y < height; y += 20, ++rows) {
        double host_mean = 0, device_mean = 0;
        for (int x = 0; x < width; ++x) {
            Vec h = pixel(x, y), d = image[y * width + x];
            host_mean += h.x + h.y + h.z;
            device_mean += d.x + d.y + d.z;
            off += std::fabs(h.y - d.y) > 1e-3f;
        }
        worst = std::fmax(worst, std::fabs(host_mean - device_mean) / host_mean);
    }
    std::printf("%d x %d, %d samples: %.1f %% of the pixels of %d rows differ, row means by at most %.2g\n",
                width, height, samples, 100.0 * off / (rows * width), rows, worst);
    return finish(written && worst < 0.01 && off < rows * width / 10, "path_tracer (path_tracer.png)");
}
