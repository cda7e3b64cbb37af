#include <offhook/agent/conversation/command_outbox.hpp>
#include <offhook/agent/conversation/playout_queue.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using CommandKind = media::PlayoutCommand::Kind;

namespace {

/// A port whose worker is late.
struct Late {
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  CommandOutbox outbox;

  void fill() {
    while (port->commands.try_push({CommandKind::Digits, 0, 'A'})) {
    }
  }
  std::vector<media::PlayoutCommand> pop_all() {
    std::vector<media::PlayoutCommand> all;
    media::PlayoutCommand command;
    while (port->commands.try_pop(command)) all.push_back(command);
    return all;
  }
  std::vector<media::PlayoutCommand> wake() {
    (void)pop_all();
    std::vector<media::PlayoutCommand> all;
    do {
      outbox.retry(*port);
      for (const auto& command : pop_all()) all.push_back(command);
    } while (outbox.waiting() != 0);
    return all;
  }
};

SpeechAudio audio(std::uint32_t utterance, std::size_t samples) { return {utterance, std::vector<std::int16_t>(samples, 1), {}}; }

}  // namespace

TEST_CASE_FIXTURE(Late, "If the ring is full, a Flush waits in CommandOutbox and reaches the worker when the ring has space") {
  fill();
  outbox.push({CommandKind::Flush, 7, 0}, *port);
  CHECK(outbox.waiting() == 1);
  const auto told = wake();
  REQUIRE(told.size() == 1);
  CHECK(told[0].kind == CommandKind::Flush);
  CHECK(told[0].utterance == 7);
}

TEST_CASE_FIXTURE(Late, "CommandOutbox keeps the order of the commands, and at most one Flush and one Rise wait") {
  fill();
  outbox.push({CommandKind::Digits, 0, '1'}, *port);
  outbox.push({CommandKind::Rise, 0, 0}, *port);
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    outbox.push({CommandKind::Flush, i, 0}, *port);
    outbox.push({CommandKind::Rise, 0, 0}, *port);
  }
  outbox.push({CommandKind::Digits, 0, '2'}, *port);
  CHECK(outbox.waiting() == 4);
  (void)pop_all();
  outbox.push({CommandKind::Rise, 0, 0}, *port);  // This Rise follows the commands that waited.
  const auto told = pop_all();
  REQUIRE(told.size() == 5);
  CHECK(told[0].digit == '1');
  CHECK(told[1].kind == CommandKind::Flush);
  CHECK(told[1].utterance == 1000);
  CHECK(told[2].kind == CommandKind::Rise);
  CHECK(told[3].digit == '2');
  CHECK(told[4].kind == CommandKind::Rise);
}

TEST_CASE_FIXTURE(Late, "At most kMaxDigits digits wait. CommandOutbox drops and counts a further digit, and a Flush still reaches the worker") {
  fill();
  for (std::size_t i = 0; i < CommandOutbox::kMaxDigits; ++i) outbox.push({CommandKind::Digits, 0, '1'}, *port);
  CHECK(outbox.digits_dropped() == 0);
  outbox.push({CommandKind::Digits, 0, '2'}, *port);
  CHECK(outbox.digits_dropped() == 1);
  outbox.push({CommandKind::Flush, 3, 0}, *port);
  const auto told = wake();
  CHECK(told.size() == CommandOutbox::kMaxDigits + 1);
  CHECK(told.back().kind == CommandKind::Flush);
}

TEST_CASE("PlayoutQueue holds at most kMaxQueuedSeconds of audio. It drops and counts further samples, and their utterance still ends") {
  constexpr std::uint32_t kRate = 8000;
  PlayoutQueue queue(kRate);
  const std::size_t whole = 70 * kRate, limit = PlayoutQueue::kMaxQueuedSeconds * kRate;
  std::uint32_t utterance = 0;
  while (queue.samples_queued() < limit) queue.add(audio(++utterance, whole));
  CHECK(queue.samples_queued() == limit);
  CHECK(queue.samples_dropped() == 0);
  queue.add(audio(++utterance, 1));
  CHECK(queue.samples_queued() == limit);
  CHECK(queue.samples_dropped() == 1);
  for (std::uint32_t i = 1; i <= utterance; ++i) queue.complete(i);

  const auto port = std::make_unique<media::AudioPort>();
  port->rate_hz = kRate;
  std::uint32_t ended = 0;
  media::PlayoutFrame frame;
  while (!queue.empty()) {
    queue.pump(*port);
    while (port->playout.try_pop(frame)) ended += frame.last ? 1 : 0;
  }
  CHECK(ended == utterance);
  CHECK(queue.samples_queued() == 0);
}

TEST_CASE("One utterance may fill the whole PlayoutQueue") {
  PlayoutQueue queue(8000);
  queue.add(audio(1, PlayoutQueue::kMaxQueuedSeconds * 8000));
  CHECK(queue.samples_dropped() == 0);
  queue.add(audio(1, 1));
  CHECK(queue.samples_dropped() == 1);
  queue.clear();
  CHECK(queue.samples_queued() == 0);
}

TEST_CASE("PlayoutQueue takes at most kMaxUtterances utterances, and at most kMaxWords words of each utterance") {
  PlayoutQueue queue(8000);
  for (std::uint32_t i = 1; i <= PlayoutQueue::kMaxUtterances; ++i) queue.add(audio(i, 1));
  CHECK(queue.samples_dropped() == 0);
  queue.add(audio(PlayoutQueue::kMaxUtterances + 1, 1));
  queue.complete(PlayoutQueue::kMaxUtterances + 1);
  CHECK(queue.samples_dropped() == 1);

  PlayoutQueue wordy(8000);
  auto speech = audio(1, 160 * (PlayoutQueue::kMaxWords + 1));
  for (std::uint32_t i = 0; i <= PlayoutQueue::kMaxWords; ++i) speech.words.push_back({"w", i * 160});
  wordy.add(speech);
  wordy.complete(1);
  const auto port = std::make_unique<media::AudioPort>();
  port->rate_hz = 8000;
  media::PlayoutFrame frame;
  while (!wordy.empty()) {
    wordy.pump(*port);
    while (port->playout.try_pop(frame)) CHECK(frame.word < PlayoutQueue::kMaxWords);
  }
  CHECK(frame.last);
  CHECK(frame.word == PlayoutQueue::kMaxWords - 1);
}
