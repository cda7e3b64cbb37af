// A registrar on loopback that says 200 to every REGISTER, for the examples: prints its port, ends with its standard input.
#include <offhook/bench/yes_registrar.hpp>

#include <cstdio>

int main() {
  const offhook::bench::YesRegistrar registrar;
  std::printf("%u\n", registrar.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
