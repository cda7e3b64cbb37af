// A registrar on loopback for the examples. It answers every REGISTER with 200, prints its port, and ends when its standard input ends.
#include <offhook/bench/yes_registrar.hpp>

#include <cstdio>

int main() {
  const offhook::bench::YesRegistrar registrar;
  std::printf("%u\n", registrar.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
