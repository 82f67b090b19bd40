// The one translation unit with Catch2's main: it takes half a minute to compile, so it is compiled once.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
