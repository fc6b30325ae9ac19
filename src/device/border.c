/* SPDX-License-Identifier: MIT
 * The table of border colors of samplers, which on hardware lies where a register of the texture
 * unit points to.
 */
#include "device/device.h"
#include "machine/sem_image.h"

void *cairn_device_border_colors(void)
{
    return cairn_image_palette;
}
