// SPDX-License-Identifier: MIT
#pragma once
int doubled(int value); // on the device, device.cpp
int scaled(int value);  // on the device, kernel.hip
