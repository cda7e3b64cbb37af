#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Chooses the model that listens to a call, and its languages, in the same way for the Voice Agent, Flux and nova-3.
namespace offhook::inline v0::agent::deepgram {

/// The value of `language` with which nova-2 and nova-3 recognise any language.
inline constexpr std::string_view kAnyLanguage = "multi";

/// Returns true for the name of a Flux model. Flux has an interface of its own, over sockets only. It can end turns itself (FluxEnd),
/// or accept Offhook's end of a turn.
[[nodiscard]] bool is_flux(std::string_view model);
/// Returns true if the Flux model supports the language `bcp47`. "flux" and unknown models count as supporting every language.
[[nodiscard]] bool flux_hears(std::string_view model, std::string_view bcp47);

struct ListenChoice {
  std::string model;
  std::string language{};            ///< as Deepgram writes it ("en-GB", "multi"); "" for Flux
  std::vector<std::string> hints{};  ///< for flux-general-multi: likely languages; the server refuses those that it does not support
};

/// Returns the model and the languages for a call. `model` is the configured name; "flux" selects the Flux model for these languages, or nova-3 if
/// Flux lacks one of them. `language` is the language of the call (BCP 47). If it is "", `languages` counts: the languages that the caller may speak,
/// the most likely first; empty means any language.
[[nodiscard]] ListenChoice listen_choice(std::string_view model, std::string_view language, std::span<const std::string> languages);

}  // namespace offhook::inline v0::agent::deepgram
