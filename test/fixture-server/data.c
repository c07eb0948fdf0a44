/* SPDX-License-Identifier: Apache-2.0 */
/* A picture of one red pixel and ten milliseconds of silence. */
#include "test/fixture-server/fixture.h"

const char fixture_png[] =
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3"
	"A0FDAAAAAElFTkSuQmCC";

const char fixture_wav[] =
	"UklGRnQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YVAAAACAgICAgICAgICA"
	"gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA"
	"gICAgICAgICAgICAgICAgA==";
