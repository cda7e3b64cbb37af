#include <offhook/bench/legs/leg_row.hpp>

#include <algorithm>
#include <cstdlib>
#include <string_view>

// offhook_leg_ticks KIND TURNS: runs TURNS ticks of eight legs. tests/bench/cost counts the instructions of this program.
int main(int argc, char** argv) {
  using namespace offhook::bench;
  if (argc != 3) return 2;
  const auto& kinds = ticked_kinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const LegKind& one) { return one.name == std::string_view(argv[1]); });
  if (kind == kinds.end()) return 2;
  OneRow row(*kind);
  const auto turns = std::strtoul(argv[2], nullptr, 10);
  for (std::size_t turn = 0; turn < turns; ++turn) row.tick(turn);
  return 0;
}
