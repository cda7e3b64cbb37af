#include <offhook/media/detect/model_voice.hpp>

#include <offhook/tests/media/allocations.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <numeric>
#include <vector>

using namespace offhook;
using media::ModelVoice;

namespace {

/// A call with a model that answers each chunk `late` ticks later.
struct ModelCall {
  ModelVoice voice;
  std::array<std::int16_t, 160> frame{};
  unsigned late = 1;
  bool dead = false, full = false;
  float likely = 1;
  ModelVoice::Answer newest;
  struct Due {
    unsigned ticks;
    ModelVoice::Answer answer;
  };
  std::deque<Due> due;

  bool tick(bool plain) {
    for (auto& one : due) --one.ticks;
    while (!due.empty() && due.front().ticks == 0) {
      newest = due.front().answer;
      due.pop_front();
    }
    if (voice.hear(frame)) {
      if (!dead && !full) due.push_back({late, {voice.number(), likely}});
      voice.let_go(!full);
    }
    return voice.judge(plain, newest);
  }
  void ticks(unsigned count, bool plain = false) {
    for (unsigned i = 0; i < count; ++i) static_cast<void>(tick(plain));
  }
};

}  // namespace

TEST_CASE("ModelVoice converts frames of any rate to chunks of 256 samples at 8 kHz, at most one per tick, and loses no sample") {
  for (const std::size_t times : {1U, 2U, 3U}) {
    CAPTURE(times);
    ModelVoice voice;
    std::int16_t next = 0;
    std::vector<std::int16_t> heard;
    std::vector<std::uint32_t> numbers;
    for (int tick = 0; tick < 16; ++tick) {
      std::vector<std::int16_t> frame;
      for (int i = 0; i < 160; ++i, ++next) frame.insert(frame.end(), times, next);
      if (!voice.hear(frame)) continue;
      heard.insert(heard.end(), voice.chunk().begin(), voice.chunk().end());
      numbers.push_back(voice.number());
      CHECK(voice.begins() == (numbers.size() == 1));
      voice.let_go(true);
    }
    std::vector<std::int16_t> expected(2560);
    std::iota(expected.begin(), expected.end(), std::int16_t{0});
    CHECK(heard == expected);
    CHECK(numbers.size() == 10);
    for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == numbers[0] + i);
  }
}

TEST_CASE("ModelVoice treats a frame of another size as silence, and drops a chunk that is not fetched") {
  ModelVoice voice;
  const std::array<std::int16_t, 159> odd{7};
  for (int tick = 0; tick < 8; ++tick) {
    if (!voice.hear(odd)) continue;
    for (const auto sample : voice.chunk()) CHECK(sample == 0);
  }
  CHECK(voice.begins());
}

TEST_CASE("ModelVoice returns the plain detector's verdict until the model has answered") {
  ModelCall call;
  CHECK(call.tick(true));
  CHECK_FALSE(call.tick(false));
  CHECK(call.voice.alone());
  call.likely = 0;
  call.ticks(3);
  CHECK_FALSE(call.voice.alone());
  CHECK_FALSE(call.tick(true));
}

TEST_CASE("ModelVoice accepts a voice of the plain detector only if the model finds it possible") {
  for (const auto& [likely, voiced] : {std::pair{ModelVoice::kPossible, true}, std::pair{ModelVoice::kPossible - 0.01F, false}}) {
    ModelCall call;
    call.likely = likely;
    call.ticks(6);
    CHECK(call.tick(true) == voiced);
  }
}

TEST_CASE("After the plain detector finds no voice, ModelVoice follows the model for fewer than three ticks. A voice continues at a lower likelihood than it starts") {
  ModelCall call;
  call.ticks(6, true);
  CHECK(call.tick(false));
  CHECK(call.tick(false));
  CHECK_FALSE(call.tick(false));  // kBridge ticks have passed.
  call.likely = ModelVoice::kStillLikely;
  call.ticks(6, true);
  CHECK(call.tick(false));        // At kStillLikely the voice continues.
  call.likely = ModelVoice::kStillLikely - 0.01F;
  call.ticks(6, true);
  CHECK_FALSE(call.tick(false));  // Below kStillLikely the voice ends.
  call.likely = ModelVoice::kLikely - 0.01F;
  call.ticks(6, true);
  CHECK_FALSE(call.tick(false));  // Below kLikely the voice does not begin again.
  call.likely = ModelVoice::kLikely;
  call.ticks(6, true);
  CHECK(call.tick(false));
}

TEST_CASE("ModelVoice ignores a model that stopped, from the fourth tick after its last answer on, until the model answers again") {
  ModelCall call;
  call.likely = 0;
  call.ticks(8);
  while (call.newest.chunk != 5 || !call.due.empty()) call.ticks(1);
  call.dead = true;
  call.due.clear();
  unsigned refused = 0;
  while (!call.tick(true)) ++refused;
  CHECK(refused < ModelVoice::kPatience);
  CHECK(call.voice.alone());
  for (int i = 0; i < 100; ++i) CHECK(call.tick(i % 2 == 0) == (i % 2 == 0));
  call.dead = false;
  call.ticks(4);
  CHECK_FALSE(call.voice.alone());
  CHECK_FALSE(call.tick(true));
}

TEST_CASE("ModelVoice uses answers that come up to 5 ticks late. A constant lateness only adds delay") {
  for (const unsigned late : {1U, 2U, 5U}) {
    CAPTURE(late);
    ModelCall call;
    call.late = late;
    call.likely = 0;
    call.ticks(late + 4);
    unsigned alone = 0;
    for (int i = 0; i < 200; ++i) {
      CHECK_FALSE(call.tick(true));
      alone += call.voice.alone();
    }
    CHECK(alone == 0);
  }
}

TEST_CASE("If the model does not accept chunks, its last answer expires, and the next chunk counts as the first of a call") {
  ModelCall call;
  call.likely = 0;
  call.ticks(8);
  const auto asked = call.voice.number();
  call.full = true;
  call.ticks(ModelVoice::kPatience + 2);
  CHECK(call.voice.alone());
  CHECK(call.voice.number() == asked);
  CHECK(call.voice.begins());
}

TEST_CASE("ModelVoice ignores answers to chunks from before a reset(), and answers with unknown chunk numbers") {
  ModelCall call;
  call.late = 3;
  call.likely = 0;
  call.ticks(20);
  CHECK_FALSE(call.tick(true));
  call.voice.reset();  // Two or three answers are still pending.
  CHECK(call.voice.begins());
  CHECK(call.tick(true));
  CHECK(call.tick(true));
  CHECK(call.tick(true));
  ModelVoice fresh;
  CHECK(fresh.judge(true, {77, 0.0F}));
  CHECK(fresh.alone());
}

TEST_CASE("ModelVoice packs an answer into one word and unpacks it without change") {
  for (const auto answer : {ModelVoice::Answer{0, 0}, ModelVoice::Answer{0xffffffff, 1}, ModelVoice::Answer{7, 0.123F}}) {
    const auto back = ModelVoice::unpack(ModelVoice::pack(answer));
    CHECK(back.chunk == answer.chunk);
    CHECK(back.likely == answer.likely);
  }
}

TEST_CASE("ModelVoice allocates nothing on the audio path") {
  ModelVoice voice;
  const std::array<std::int16_t, 160> frame{};
  const auto before = offhook_test::allocations();
  for (std::uint32_t tick = 0; tick < 100; ++tick) {
    if (voice.hear(frame)) voice.let_go(tick % 3 != 0);
    static_cast<void>(voice.judge(true, {tick, 0.5F}));
  }
  CHECK(offhook_test::allocations() == before);
}
