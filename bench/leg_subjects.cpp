#include <offhook/bench/subjects.hpp>

#include <offhook/bench/legs/leg_row.hpp>

#include <memory>

namespace offhook::bench {

std::vector<Subject> leg_subjects() {
  std::vector<Subject> subjects;
  for (const auto& kind : ticked_kinds()) {
    if (kind.records) continue;  // The recorder's thread does this work, not the leg's tick.
    auto row = std::make_shared<std::unique_ptr<OneRow>>();
    Subject subject;
    subject.name = "leg.tick." + kind.name;
    subject.prepare = [row, kind] { *row = std::make_unique<OneRow>(kind); };
    subject.finish = [row] { row->reset(); };
    subject.ours = {"offhook", repeat([row](std::size_t turn) { (*row)->tick(turn); })};
    subject.counted_turns = 300;
    subject.parts = OneRow::kLegs;
    subject.seconds = 6;
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

}  // namespace offhook::bench
