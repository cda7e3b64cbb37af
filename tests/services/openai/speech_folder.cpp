#include <offhook/tests/services/openai/speech_folder.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <system_error>

namespace offhook::services::openai {

namespace {

/// Returns the path of the file; "" without a folder.
std::string speech_file(const std::string& voice, const std::string& text) {
  const char* const folder = std::getenv("OFFHOOK_SPEECH_FOLDER");
  return folder == nullptr ? std::string() : std::string(folder) + "/" + voice + "-" + std::to_string(std::hash<std::string>{}(text));
}

}  // namespace

std::vector<agent::SpokenWord> words_of(const std::string& text) {
  std::vector<agent::SpokenWord> words;
  for (std::size_t at = text.find_first_not_of(' '); at < text.size(); at = text.find_first_not_of(' ', at)) {
    const auto end = std::min(text.find(' ', at), text.size());
    words.push_back({text.substr(at, end - at), 0});
    at = end;
  }
  return words;
}

// A file has the text in its first line, then the first sample of each word, the number of samples, and the samples.
std::optional<Sentence> stored_speech(const std::string& voice, const std::string& text) {
  std::ifstream file(speech_file(voice, text), std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || line != text) return std::nullopt;
  Sentence sentence{{}, words_of(text)};
  for (auto& word : sentence.words) file >> word.first_sample;
  std::size_t samples = 0;
  file >> samples;
  if (!file || file.get() != '\n') return std::nullopt;
  const std::string octets{std::istreambuf_iterator<char>(file), {}};
  if (octets.size() != samples * sizeof(std::int16_t)) return std::nullopt;
  sentence.pcm.resize(samples);
  std::copy(octets.begin(), octets.end(), reinterpret_cast<char*>(sentence.pcm.data()));
  return sentence;
}

void store_speech(const std::string& voice, const std::string& text, const Sentence& sentence) {
  const std::string path = speech_file(voice, text), unfinished = path + "." + std::to_string(::getpid());
  if (path.empty() || text.find('\n') != std::string::npos) return;
  std::ofstream file(unfinished, std::ios::binary);
  file << text << '\n';
  for (const auto& word : sentence.words) file << word.first_sample << ' ';
  file << sentence.pcm.size() << '\n';
  file.write(reinterpret_cast<const char*>(sentence.pcm.data()), static_cast<std::streamsize>(sentence.pcm.size() * sizeof(std::int16_t)));
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(unfinished, path, failed);  // Another simulator may store the same speech at the same time.
}

}  // namespace offhook::services::openai
