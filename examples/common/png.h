// SPDX-License-Identifier: MIT
// The smallest PNG writer: 8-bit RGB, pixel data in stored (uncompressed) deflate blocks (PNG
// specification 5 and 11; RFC 1950, 1951).
#ifndef CAIRN_EXAMPLES_PNG_H
#define CAIRN_EXAMPLES_PNG_H

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

class PngWriter
{
    std::vector<uint8_t> bytes;

    static void put32(std::vector<uint8_t> &out, uint32_t v)
    {
        for (int shift = 24; shift >= 0; shift -= 8)
            out.push_back((uint8_t)(v >> shift));
    }
    static uint32_t crc(const uint8_t *data, size_t size)
    {
        uint32_t c = ~0u;
        for (size_t i = 0; i < size; ++i) {
            c ^= data[i];
            for (int bit = 0; bit < 8; ++bit)
                c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        }
        return ~c;
    }
    void chunk(const char *type, const std::vector<uint8_t> &data)
    {
        put32(bytes, (uint32_t)data.size());
        size_t start = bytes.size();
        bytes.insert(bytes.end(), type, type + 4);
        bytes.insert(bytes.end(), data.begin(), data.end());
        put32(bytes, crc(bytes.data() + start, bytes.size() - start));
    }
    // zlib stream of stored blocks of up to 65535 bytes.
    static std::vector<uint8_t> stored(const std::vector<uint8_t> &raw)
    {
        std::vector<uint8_t> out = {0x78, 0x01};
        uint32_t a = 1, b = 0;
        for (size_t at = 0; at < raw.size();) {
            size_t n = raw.size() - at < 65535 ? raw.size() - at : 65535;
            out.push_back(at + n == raw.size());
            out.push_back((uint8_t)n);
            out.push_back((uint8_t)(n >> 8));
            out.push_back((uint8_t)~n);
            out.push_back((uint8_t)(~n >> 8));
            for (size_t i = 0; i < n; ++i) {
                a = (a + raw[at + i]) % 65521;
                b = (b + a) % 65521;
            }
            out.insert(out.end(), raw.begin() + (long)at, raw.begin() + (long)(at + n));
            at += n;
        }
        put32(out, b << 16 | a);
        return out;
    }

  public:
    // rgb: width * height * 3 bytes, top row first. False when the file cannot be written.
    static bool write(const std::string &path, unsigned width, unsigned height, const uint8_t *rgb)
    {
        PngWriter png;
        const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
        png.bytes.assign(signature, signature + 8);
        std::vector<uint8_t> header;
        put32(header, width);
        put32(header, height);
        const uint8_t kind[] = {8, 2, 0, 0, 0};
        header.insert(header.end(), kind, kind + 5);
        png.chunk("IHDR", header);
        std::vector<uint8_t> rows;
        for (unsigned y = 0; y < height; ++y) {
            rows.push_back(0);
            rows.insert(rows.end(), rgb + (size_t)y * width * 3, rgb + (size_t)(y + 1) * width * 3);
        }
        png.chunk("IDAT", stored(rows));
        png.chunk("IEND", {});
        std::FILE *file = std::fopen(path.c_str(), "wb");
        if (file == nullptr)
            return false;
        bool good = std::fwrite(png.bytes.data(), 1, png.bytes.size(), file) == png.bytes.size();
        return std::fclose(file) == 0 && good;
    }
};

#endif
