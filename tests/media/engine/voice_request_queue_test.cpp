#include <offhook/media/engine/voice_request_queue.hpp>
#include <offhook/media/engine/voice_thread.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include "fake_voice_model.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using media::ModelCall;
using media::ModelVoice;
using media::VoiceFeed;
using media::VoiceModel;
using offhook_test::FakeVoiceModel;
using offhook_test::wait_until;

namespace {

std::array<std::int16_t, 160> constant_frame(std::int16_t sample) {
  std::array<std::int16_t, 160> frame{};
  frame.fill(sample);
  return frame;
}

/// Some calls of one worker, and a VoiceRequestQueue without a thread. The tests call work() themselves.
struct Trial {
  std::shared_ptr<FakeVoiceModel> model = std::make_shared<FakeVoiceModel>();
  media::VoiceRequestQueue queue;
  std::vector<std::unique_ptr<ModelCall>> calls;

  explicit Trial(std::size_t count, std::size_t workers = 1) : queue(model, workers) {
    for (std::size_t i = 0; i < count; ++i) {
      calls.push_back(std::make_unique<ModelCall>());
      queue.feed(0).begin(*calls.back());
    }
  }
  void hear(std::int16_t sample) {
    for (auto& call : calls) queue.feed(0).hear(*call, constant_frame(sample));
  }
  bool judge(std::size_t call, bool plain) { return VoiceFeed::judge(*calls[call], plain); }
};

}  // namespace

TEST_CASE("VoiceRequestQueue judges several calls in one batch, each with its own samples and memory") {
  Trial trial(3);
  for (int tick = 0; tick < 8; ++tick) {
    for (std::size_t i = 0; i < 3; ++i) {
      trial.queue.feed(0).hear(*trial.calls[i], constant_frame(i == 1 ? FakeVoiceModel::kVoice : std::int16_t{0}));
    }
    trial.queue.work();
    for (std::size_t i = 0; i < 3; ++i) static_cast<void>(trial.judge(i, true));
  }
  CHECK_FALSE(trial.judge(0, true));
  CHECK(trial.judge(1, true));
  CHECK_FALSE(trial.judge(2, true));
  CHECK(trial.model->largest == 3);
  CHECK(trial.calls[0]->task.state[0] == 5);  // Eight ticks are five chunks. The fake model counts them there.
}

TEST_CASE("VoiceRequestQueue puts the end of the previous chunk before each chunk, and silence before the first chunk of a call") {
  Trial trial(1);
  trial.hear(100);
  trial.hear(200);
  trial.queue.work();
  const auto& samples = trial.calls[0]->task.samples;
  CHECK(samples[media::ModelTask::kContext - 1] == 0);
  CHECK(samples.back() == doctest::Approx(200 / 32768.0));
  trial.hear(300);
  trial.hear(300);
  trial.queue.work();
  CHECK(samples[0] == doctest::Approx(200 / 32768.0));
  CHECK(samples[media::ModelTask::kContext - 1] == doctest::Approx(200 / 32768.0));
  CHECK(samples.back() == doctest::Approx(300 / 32768.0));
}

TEST_CASE("A batch of VoiceRequestQueue holds at most kMostAtOnce calls. One more call makes a second batch") {
  for (const std::size_t more : {0U, 1U}) {
    Trial trial(VoiceModel::kMostAtOnce + more);
    trial.hear(0);
    trial.hear(0);
    CHECK(trial.queue.work() == VoiceModel::kMostAtOnce + more);
    CHECK(trial.model->largest == VoiceModel::kMostAtOnce);
    CHECK(trial.model->runs == 1 + more);
  }
}

TEST_CASE("VoiceRequestQueue judges chunks that have waited in order, and judges only one chunk of a call in each batch") {
  Trial trial(2);
  for (int tick = 0; tick < 16; ++tick) trial.hear(0);
  CHECK(trial.queue.work() == 20);
  CHECK(trial.model->runs == 10);
  CHECK(trial.calls[1]->task.state[0] == 10);
  CHECK(ModelVoice::unpack(trial.calls[1]->answer.load()).chunk == 10);
}

TEST_CASE("VoiceFeed holds 1024 chunks, and drops and counts the next one. After that, the memory of the call starts from zero") {
  Trial trial(1);
  std::uint64_t chunks = 0;
  for (; trial.queue.feed(0).dropped() == 0; ++chunks) {
    const auto before = trial.calls[0]->voice.number();
    while (trial.calls[0]->voice.number() == before && trial.queue.feed(0).dropped() == 0) trial.hear(0);
  }
  CHECK(chunks == VoiceFeed::kRoom + 1);
  CHECK(trial.queue.work() == VoiceFeed::kRoom);
  CHECK(trial.calls[0]->task.state[0] == VoiceFeed::kRoom);
  trial.hear(0);
  trial.hear(0);
  CHECK(trial.queue.work() == 1);
  CHECK(trial.calls[0]->task.state[0] == 1);
  CHECK(trial.queue.feed(0).dropped() == 1);
}

TEST_CASE("A worker that floods VoiceRequestQueue delays another worker's calls by at most one batch") {
  Trial trial(VoiceModel::kMostAtOnce, 2);
  ModelCall other;
  trial.queue.feed(1).begin(other);
  for (int tick = 0; tick < 8; ++tick) trial.hear(0);
  trial.queue.feed(1).hear(other, constant_frame(0));
  trial.queue.feed(1).hear(other, constant_frame(0));
  trial.queue.work();
  CHECK(other.batch <= 2);
}

TEST_CASE("A call that takes the place of another call gets neither the memory nor the answers of that call") {
  Trial trial(1);
  for (int tick = 0; tick < 8; ++tick) {
    trial.hear(0);
    if (tick < 7) trial.queue.work();
    static_cast<void>(trial.judge(0, true));
  }
  CHECK_FALSE(trial.judge(0, true));
  trial.queue.feed(0).begin(*trial.calls[0]);  // A chunk of the old call is still in the feed.
  trial.queue.work();
  CHECK(trial.judge(0, true));
  trial.hear(FakeVoiceModel::kVoice);
  trial.hear(FakeVoiceModel::kVoice);
  trial.queue.work();
  CHECK(trial.calls[0]->task.state[0] == 1);
  CHECK(trial.calls[0]->task.samples[0] == 0);
  CHECK(trial.judge(0, true));
}

TEST_CASE("VoiceRequestQueue stops using a model that fails. Each call then gets the plain detector's verdict") {
  Trial trial(2);
  for (int tick = 0; tick < 8; ++tick) {
    trial.hear(0);
    trial.queue.work();
    static_cast<void>(trial.judge(0, true));
  }
  CHECK_FALSE(trial.judge(0, true));
  trial.model->fails = true;
  for (int tick = 0; tick < 8; ++tick) {
    trial.hear(0);
    trial.queue.work();
    static_cast<void>(trial.judge(0, true));
  }
  CHECK(trial.queue.failed());
  CHECK(trial.judge(0, true));
  CHECK_FALSE(trial.judge(0, false));
  const auto runs = trial.model->runs;
  trial.hear(0);
  CHECK(trial.queue.work() == 0);
  CHECK(trial.model->runs == runs);
  ModelCall late;
  trial.queue.feed(0).begin(late);
  CHECK_FALSE(late.served);
}

TEST_CASE("If a call starts while serve_new() is false, the model does not serve it until it starts again. Calls that were served stay served") {
  Trial trial(1);
  trial.queue.serve_new(false);
  ModelCall late;
  trial.queue.feed(0).begin(late);
  for (int tick = 0; tick < 8; ++tick) {
    trial.hear(0);
    trial.queue.feed(0).hear(late, constant_frame(0));
  }
  CHECK(trial.queue.work() == 5);
  CHECK(VoiceFeed::judge(late, true));
  CHECK(late.voice.number() == 1);
  trial.queue.serve_new(true);
  CHECK_FALSE(late.served);
  trial.queue.feed(0).begin(late);
  CHECK(late.served);
}

// This test is for the thread sanitizer. Workers feed chunks and read answers while the thread judges, and calls start and end.
TEST_CASE("Two workers and the thread of the model share calls without a lock. No chunk is lost or answered twice") {
  auto model = std::make_shared<FakeVoiceModel>();
  constexpr std::size_t kCalls = 16;
  std::array<std::array<ModelCall, kCalls>, 2> calls;
  std::array<std::uint64_t, 2> heard{};
  std::array<std::atomic<std::uint64_t>, 2> asked{};
  media::VoiceThread thread(model, 2, {});
  const auto all_asked = [&] { return asked[0].load(std::memory_order_relaxed) + asked[1].load(std::memory_order_relaxed); };
  const auto has_room = [&] { return all_asked() <= thread.chunks() + VoiceFeed::kRoom / 2; };
  const auto work = [&](std::size_t worker) {
    VoiceFeed& feed = thread.feed(worker);
    for (auto& call : calls[worker]) feed.begin(call);
    for (int tick = 0; tick < 400; ++tick) {
      for (std::size_t i = 0; i < kCalls; ++i) {
        ModelCall& call = calls[worker][i];
        if (tick % 50 == static_cast<int>(i)) feed.begin(call);
        feed.hear(call, constant_frame(FakeVoiceModel::kVoice));
        heard[worker] += VoiceFeed::judge(call, true);
      }
      std::uint64_t chunks = 0;
      for (const auto& call : calls[worker]) chunks += call.voice.number() - 1;
      asked[worker].store(chunks, std::memory_order_relaxed);
      if (tick % 8 == 0) static_cast<void>(wait_until(has_room));  // A full feed would drop chunks.
    }
  };
  std::thread first(work, 0), second(work, 1);
  first.join();
  second.join();
  CHECK(wait_until([&] { return thread.chunks() == all_asked(); }));
  CHECK(heard[0] == 400 * kCalls);  // Both detectors find a voice in every tick.
  CHECK(thread.works());
  for (const auto& of : calls) {
    for (const auto& call : of) CHECK(ModelVoice::unpack(call.answer.load()).chunk == call.voice.number() - 1);
  }
}

TEST_CASE("If the model fails, its thread reports the reason once, and ends") {
  auto model = std::make_shared<FakeVoiceModel>();
  model->fails = true;
  std::atomic<int> told{0};
  std::string why;
  ModelCall call;
  media::VoiceThread thread(model, 1, [&](const std::string& reason) {
    why = reason;
    told.fetch_add(1, std::memory_order_release);
  });
  thread.feed(0).begin(call);
  CHECK(wait_until([&] {
    thread.feed(0).hear(call, constant_frame(0));
    return told.load(std::memory_order_acquire) != 0;
  }));
  CHECK(told.load() == 1);
  CHECK(why == "the fake was told to fail");
  CHECK_FALSE(thread.works());
}
