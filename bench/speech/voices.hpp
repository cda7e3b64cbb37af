#pragma once

#include "line.hpp"

#include <string>
#include <string_view>
#include <vector>

/// The callers' voices: synthetic voices, and a human voice recorded for Asterisk.
namespace speech_bench {

/// Speaks `text`. "slt", "rms", "awb" and "kal16" are voices of flite. "espeak" and names such as "en-gb+m3" are voices of the program
/// espeak-ng. "ked" is a voice of the program festival. Returns no audio if there is no such voice.
[[nodiscard]] Pcm say(std::string_view voice, const std::string& text);

/// Recordings of one speaker, in Debian's packages asterisk-core-sounds-en-g722 (16 kHz) and -wav (8 kHz).
class HumanPrompts {
 public:
  explicit HumanPrompts(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] bool installed() const;
  /// Returns the names of all prompts in the folder itself, sorted, such as "vm-goodbye". Leaves out sub-folders.
  [[nodiscard]] std::vector<std::string> names() const;
  /// Returns the recording for this band at 16 kHz, or no audio if it cannot be read.
  [[nodiscard]] Pcm load(const std::string& name, Band band) const;
  /// Returns the audio of a number such as "5551234". It consists of recorded digits without their silence, with the gaps that people make
  /// within and between groups.
  [[nodiscard]] Pcm digits(const std::string& number, Band band) const;

 private:
  std::string folder_;
};

}  // namespace speech_bench
