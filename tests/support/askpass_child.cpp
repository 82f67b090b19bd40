// A program that git asks for a credential, as hyakki is one.
#include "adapters/git/askpass.hpp"

int main(int argc, char** argv) {
  auto answered = hyakki::serve_askpass(argc, argv);
  return answered ? *answered : 2;
}
