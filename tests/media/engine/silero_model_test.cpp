#include <offhook/media/engine/silero_model.hpp>

#include <offhook/bench/recordings.hpp>
#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/engine/voice_request_queue.hpp>

#include "../synthetic_voice.hpp"

#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

using namespace offhook;
using media::ModelTask;
using offhook::test::Folder;

namespace {

/// Returns the folder OFFHOOK_SILERO, or otherwise the folder of this tree to which share/install-silero installs the model.
std::string folder() {
  const char* named = std::getenv("OFFHOOK_SILERO");
  return named == nullptr ? "build/share/silero" : named;
}

/// Returns the installed model. If no model is installed, returns null and marks the test case as skipped.
std::shared_ptr<media::VoiceModel> installed() {
  if (!std::filesystem::exists(folder() + "/silero_vad.onnx")) {
    offhook_test::skip("the Silero model is not installed (./dev silero)");
    return nullptr;
  }
  auto model = media::open_silero(folder());
  REQUIRE_MESSAGE(model.has_value(), model.error());
  return *model;
}

std::vector<ModelTask*> pointers(std::vector<ModelTask>& tasks) {
  std::vector<ModelTask*> to;
  for (auto& task : tasks) to.push_back(&task);
  return to;
}

/// Returns the share of ticks with voice in the second that ends half a second before the end.
double voiced(const std::shared_ptr<media::VoiceModel>& model, const std::vector<std::int16_t>& pcm) {
  media::VoiceRequestQueue queue(model, 1);
  media::ModelCall call;
  queue.feed(0).begin(call);
  double found = 0;
  for (std::size_t at = 0; at + 160 <= pcm.size(); at += 160) {
    queue.feed(0).hear(call, std::span(pcm).subspan(at, 160));
    const bool voice = media::VoiceFeed::judge(call, true);
    if (at + 12000 >= pcm.size() && at + 4000 < pcm.size()) found += voice;
    queue.work();
  }
  return found / 50;
}

}  // namespace

TEST_CASE("open_silero names a missing file, and names the library if it cannot load the library") {
  const Folder folder;
  CHECK(media::open_silero(folder.path) == base::fail(folder.path + "/libonnxruntime.so is not there"));
  folder.put("libonnxruntime.so", "no library");
  CHECK(media::open_silero(folder.path) == base::fail(folder.path + "/silero_vad.onnx is not there"));
  folder.put("silero_vad.onnx", "no model");
  CHECK(media::open_silero(folder.path).error().find("libonnxruntime.so") != std::string::npos);
}

TEST_CASE("open_silero names the model file if the file is not a model") {
  if (!installed()) return;
  const Folder folder;
  folder.put("silero_vad.onnx", "no model");
  std::filesystem::create_symlink(std::filesystem::absolute(::folder() + "/libonnxruntime.so"), folder.path + "/libonnxruntime.so");
  CHECK(media::open_silero(folder.path).error().find("silero_vad.onnx") != std::string::npos);
}

TEST_CASE("open_silero does not load a file that other users can change") {
  using std::filesystem::perms;
  const Folder folder;
  folder.put("libonnxruntime.so", "no library");
  folder.put("silero_vad.onnx", "no model");
  const auto said = [&folder] { return media::open_silero(folder.path).error(); };
  const std::string refusal = " is not loaded: other users may change ", library = folder.path + "/libonnxruntime.so";
  for (const auto& place : {library, folder.path}) {
    const auto before = std::filesystem::status(place).permissions();
    std::filesystem::permissions(place, perms::others_write, std::filesystem::perm_options::add);
    CHECK(said() == library + refusal + place);
    std::filesystem::permissions(place, before);
  }
  CHECK(said().find(refusal) == std::string::npos);
}

TEST_CASE("open_silero does not load a file that belongs to another user, or that another group can change") {
  if (::geteuid() != 0) return offhook_test::skip("only root can change the owner of a file");
  using std::filesystem::perms;
  const Folder folder;
  folder.put("libonnxruntime.so", "no library");
  folder.put("silero_vad.onnx", "no model");
  const auto said = [&folder] { return media::open_silero(folder.path).error(); };
  const std::string refusal = " is not loaded: other users may change ", library = folder.path + "/libonnxruntime.so";
  REQUIRE(::chown(library.c_str(), 0, 65533) == 0);
  CHECK(said().find(refusal) == std::string::npos);
  std::filesystem::permissions(library, perms::group_write, std::filesystem::perm_options::add);
  CHECK(said() == library + refusal + library);
  REQUIRE(::chown(library.c_str(), 0, 0) == 0);
  CHECK(said().find(refusal) == std::string::npos);  // Files of the process's own group are accepted.
  for (const auto& place : {folder.path + "/silero_vad.onnx", folder.path}) {
    REQUIRE(::chown(place.c_str(), 65533, 65533) == 0);
    CHECK(said().find(refusal + place) != std::string::npos);
    REQUIRE(::chown(place.c_str(), 0, 0) == 0);
  }
}

TEST_CASE("If a library is a symbolic link, open_silero checks the target of the link") {
  const Folder folder, open;
  std::filesystem::permissions(open.path, std::filesystem::perms::all);
  open.put("library", "no library");
  folder.put("silero_vad.onnx", "no model");
  std::filesystem::create_symlink(open.path + "/library", folder.path + "/libonnxruntime.so");
  CHECK(media::open_silero(folder.path) == base::fail(folder.path + "/libonnxruntime.so is not loaded: other users may change " + open.path));
}

TEST_CASE("open_silero refuses a library that is not ONNX Runtime") {
  const Folder folder;
  folder.put("silero_vad.onnx", "no model");
  const std::string libc = "/lib/x86_64-linux-gnu/libm.so.6";
  if (!std::filesystem::exists(libc)) return offhook_test::skip("there is no " + libc);
  std::filesystem::create_symlink(libc, folder.path + "/libonnxruntime.so");
  CHECK(media::open_silero(folder.path).error().find("this is not ONNX Runtime") != std::string::npos);
}

TEST_CASE("The Silero model gives calls in a batch of 1 to 128 the same results as single calls") {
  const auto model = installed();
  if (!model) return;
  const auto voice = offhook_test::SyntheticVoice(8000, 1).speak(4);
  for (const std::size_t count : {1U, 2U, 7U, 128U}) {
    CAPTURE(count);
    std::vector<ModelTask> together(count), alone(count);
    std::vector<float> likely(count), expected(count);
    for (std::size_t turn = 0; turn < 5; ++turn) {
      for (std::size_t call = 0; call < count; ++call) {
        for (std::size_t i = 0; i < together[call].samples.size(); ++i) {
          const float sample = static_cast<float>(voice[(turn * 256 + call * 173 + i) % voice.size()]) / 32768.0F;
          together[call].samples[i] = alone[call].samples[i] = sample;
        }
        ModelTask* one = &alone[call];
        REQUIRE(model->judge(std::span(&one, 1), std::span(&expected[call], 1)));
      }
      REQUIRE(model->judge(pointers(together), likely));
      for (std::size_t call = 0; call < count; ++call) {
        CHECK(likely[call] == doctest::Approx(expected[call]).epsilon(0.001));
        CHECK(together[call].state[5] == doctest::Approx(alone[call].state[5]).epsilon(0.001));
        CHECK(together[call].state[200] == doctest::Approx(alone[call].state[200]).epsilon(0.001));
      }
    }
  }
}

TEST_CASE("The Silero model finds no voice in silence and in a tone, even if the other detector finds one") {
  const auto model = installed();
  if (!model) return;
  std::vector<std::int16_t> pcm(24000);
  CHECK(voiced(model, pcm) == 0);
  media::SineSource tone(440, 8000, 8000);
  tone.fill(pcm);
  CHECK(voiced(model, pcm) <= 0.1);
}

TEST_CASE("The Silero model finds human voices") {
  const auto model = installed();
  if (!model) return;
  const auto voices = bench::recordings(5);
  if (voices.empty()) return offhook_test::skip("there are no recordings (apt-get install asterisk-core-sounds-en-wav)");
  for (const auto& voice : voices) CHECK(voiced(model, voice) >= 0.6);
}
