// SPDX-License-Identifier: MIT
// Gravity between all pairs of bodies, positions tiled through shared memory, leapfrog steps. Checked against the same sums in double on the
// host.
#include "../common/example.h"
#include <cmath>
#include <vector>

constexpr int block = 128;
constexpr float softening = 0.01f, step = 0.002f;

__global__ void move(const float4 *from, float4 *to, float4 *velocity, int n)
{
    __shared__ float4 tile[block];
    int i = blockIdx.x * block + threadIdx.x;
    float4 me = from[i];
    float ax = 0, ay = 0, az = 0;
    for (int start = 0; start < n; start += block) {
        tile[threadIdx.x] = from[start + threadIdx.x];
        __syncthreads();
        for (int j = 0; j < block; ++j) {
            float dx = tile[j].x - me.x, dy = tile[j].y - me.y, dz = tile[j].z - me.z;
            float inverse = rsqrtf(dx * dx + dy * dy + dz * dz + softening);
            float pull = tile[j].w * inverse * inverse * inverse;
            ax += dx * pull;
            ay += dy * pull;
            az += dz * pull;
        }
        __syncthreads();
    }
    float4 v = velocity[i];
    v.x += ax * step;
    v.y += ay * step;
    v.z += az * step;
    velocity[i] = v;
    to[i] = make_float4(me.x + v.x * step, me.y + v.y * step, me.z + v.z * step, me.w);
}

struct Body {
    double x, y, z, vx, vy, vz, mass;
};

static void move_on_host(std::vector<Body> &bodies)
{
    std::vector<Body> next = bodies;
    for (Body &me : next) {
        double ax = 0, ay = 0, az = 0;
        for (const Body &other : bodies) {
            double dx = other.x - me.x, dy = other.y - me.y, dz = other.z - me.z;
            double inverse = 1 / std::sqrt(dx * dx + dy * dy + dz * dz + softening);
            double pull = other.mass * inverse * inverse * inverse;
            ax += dx * pull;
            ay += dy * pull;
            az += dz * pull;
        }
        me.vx += ax * step;
        me.vy += ay * step;
        me.vz += az * step;
        me.x += me.vx * step;
        me.y += me.vy * step;
        me.z += me.vz * step;
    }
    bodies = next;
}

int main()
{
    const int n = 512, steps = 8;
    std::vector<Body> bodies(n);
    std::vector<float4> position(n), velocity(n);
    for (int i = 0; i < n; ++i) {
        double turn = 2.399963 * i, radius = std::sqrt((i + 0.5) / n);
        bodies[i] = {radius * std::cos(turn), radius * std::sin(turn), 0.1 * std::sin(3.0 * i),
                     -0.5 * std::sin(turn),   0.5 * std::cos(turn),    0,
                     1.0 / n};
        position[i] = make_float4(bodies[i].x, bodies[i].y, bodies[i].z, bodies[i].mass);
        velocity[i] = make_float4(bodies[i].vx, bodies[i].vy, bodies[i].vz, 0);
        bodies[i].x = position[i].x;
        bodies[i].y = position[i].y;
        bodies[i].z = position[i].z;
    }
    DeviceArray<float4> even(n), odd(n), speed(n);
    even.upload(position.data());
    speed.upload(velocity.data());
    for (int s = 0; s < steps; ++s) {
        DeviceArray<float4> &from = s & 1 ? odd : even, &to = s & 1 ? even : odd;
        move<<<n / block, block>>>(from.get(), to.get(), speed.get(), n);
        HIP_CHECK(hipGetLastError());
        move_on_host(bodies);
    }
    (steps & 1 ? odd : even).download(position.data());
    double worst = 0;
    for (int i = 0; i < n; ++i) {
        worst = std::fmax(worst, std::fabs(position[i].x - bodies[i].x));
        worst = std::fmax(worst, std::fabs(position[i].y - bodies[i].y));
        worst = std::fmax(worst, std::fabs(position[i].z - bodies[i].z));
    }
    std::printf("%d bodies, %d steps, largest distance from double precision %.2g\n", n, steps, worst);
    return finish(worst < 2e-6, "nbody");
}
