#include <offhook/tests/services/openai/speech_folder.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace offhook::services::openai;

namespace {

struct SpeechFolder : offhook::test::Folder {
  SpeechFolder() { ::setenv("OFFHOOK_SPEECH_FOLDER", path.c_str(), 1); }
  ~SpeechFolder() { ::unsetenv("OFFHOOK_SPEECH_FOLDER"); }
  SpeechFolder(const SpeechFolder&) = delete;
  SpeechFolder& operator=(const SpeechFolder&) = delete;
};

const Sentence kSentence{{1, -2, 10, 13, 32767}, {{"We", 0}, {"are", 2}, {"open.", 4}}};

}  // namespace

TEST_CASE_FIXTURE(SpeechFolder, "Stored speech has the samples and words of the speech that was stored with this voice and text") {
  store_speech("slt", "We are open.", kSentence);
  const auto stored = stored_speech("slt", "We are open.");
  REQUIRE(stored);
  CHECK(stored->pcm == kSentence.pcm);
  REQUIRE(stored->words.size() == 3);
  CHECK(stored->words[2].text == "open.");
  CHECK(stored->words[2].first_sample == 4);
  CHECK_FALSE(stored_speech("rms", "We are open."));
  CHECK_FALSE(stored_speech("slt", "We are closed."));
}

TEST_CASE_FIXTURE(SpeechFolder, "A file of speech that is cut, or has another text, is not used") {
  store_speech("slt", "We are open.", kSentence);
  const auto name = std::filesystem::directory_iterator(path)->path().filename().string();
  const auto whole = get(name);
  put(name, whole.substr(0, whole.size() - 1));
  CHECK_FALSE(stored_speech("slt", "We are open."));
  put(name, "Closed" + whole);
  CHECK_FALSE(stored_speech("slt", "We are open."));
  put(name, whole);
  CHECK(stored_speech("slt", "We are open."));
}

TEST_CASE("Without OFFHOOK_SPEECH_FOLDER, speech is neither stored nor found") {
  store_speech("slt", "We are open.", kSentence);
  CHECK_FALSE(stored_speech("slt", "We are open."));
}
