#include <offhook/agent/providers/clause_splitter.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::agent;

namespace {

std::string joined(const std::vector<std::string>& clauses) {
  std::string all;
  for (const std::string& clause : clauses) all += (all.empty() ? "" : " | ") + clause;
  return all;
}

std::string split(std::string_view text, std::size_t step = 1) {
  ClauseSplitter splitter;
  std::vector<std::string> clauses;
  for (std::size_t at = 0; at < text.size(); at += step) splitter.feed(text.substr(at, step), clauses);
  splitter.finish(clauses);
  return joined(clauses);
}

/// Returns the clauses that the splitter gives before finish().
std::string so_far(std::string_view text) {
  ClauseSplitter splitter;
  std::vector<std::string> clauses;
  for (const char c : text) splitter.feed(std::string_view(&c, 1), clauses);
  return joined(clauses);
}

std::string plain(std::string_view text) {
  SpokenText whole, single;
  std::string by_octets;
  for (const char c : text) by_octets += single.feed(std::string_view(&c, 1));
  by_octets += single.finish();
  std::string at_once = whole.feed(text);
  at_once += whole.finish();
  CHECK(by_octets == at_once);
  return at_once;
}

}  // namespace

TEST_CASE("ClauseSplitter ends the first clause at a comma if the clause is long enough for good speech") {
  CHECK(so_far("Sure, ") == "");
  CHECK(so_far("I can help with that,") == "I can help with that,");
  CHECK(split("I can help with that, if you give me your number, please. It is short, I know.") ==
        "I can help with that, | if you give me your number, please. | It is short, I know.");
  CHECK(split("Sure, no problem: what is your name?") == "Sure, no problem: | what is your name?");
  CHECK(split("We are open today; come by.") == "We are open today; | come by.");
}

TEST_CASE("ClauseSplitter gives a sentence as soon as the end of the sentence is certain") {
  CHECK(so_far("Hello!") == "Hello!");
  CHECK(so_far("Really?") == "Really?");
  CHECK(so_far("Hello.") == "");
  CHECK(so_far("Hello. ") == "Hello.");
  CHECK(split("Yes. We do! Do you? Good") == "Yes. | We do! | Do you? | Good");
  CHECK(split("What?! Oh!!! Fine.") == "What? | Oh! | Fine.");
}

TEST_CASE("ClauseSplitter does not end a sentence at an abbreviation, an initial, a number or an address") {
  CHECK(split("Ask Dr. Smith or Mrs. Jones about it.") == "Ask Dr. Smith or Mrs. Jones about it.");
  CHECK(split("My name is J. R. Smith today.") == "My name is J. R. Smith today.");
  CHECK(split("It costs 3.5 dollars. Fine.") == "It costs 3.5 dollars. | Fine.");
  CHECK(split("Call at 5 p.m. tomorrow. Good.") == "Call at 5 p.m. tomorrow. | Good.");
  CHECK(split("Call at 5 p.m. We are open.") == "Call at 5 p.m. | We are open.");
  CHECK(split("The U.S. Army is big. Yes.") == "The U.S. Army is big. | Yes.");
  CHECK(split("See www.example.com or a.b@example.org now. Bye.") == "See www.example.com or a.b@example.org now. | Bye.");
  CHECK(split("See https://example.com/?a=b for it. Bye.") == "See https://example.com/?a=b for it. | Bye.");
  CHECK(split("Fruit, e.g. apples. Good.") == "Fruit, e.g. apples. | Good.");
  CHECK(split("No. We are closed.") == "No. | We are closed.");
  CHECK(split("It is no. 5 on the list. Good.") == "It is no. 5 on the list. | Good.");
  CHECK(split("So do I. Then we go.") == "So do I. | Then we go.");
  CHECK(split("There are 5. Take one.") == "There are 5. | Take one.");
}

TEST_CASE("ClauseSplitter does not divide numbers and times") {
  CHECK(split("That makes about 1,250 dollars in all.") == "That makes about 1,250 dollars in all.");
  CHECK(split("The train leaves at 10:30 from here.") == "The train leaves at 10:30 from here.");
  CHECK(so_far("That makes about 1,") == "");
  CHECK(split("You owe us 50, and that is all.") == "You owe us 50, | and that is all.");
}

TEST_CASE("ClauseSplitter does not end a sentence at a German ordinal, but ends it at other numbers with a period") {
  CHECK(split("Wir sehen uns am 3. Mai. Bis dann.") == "Wir sehen uns am 3. Mai. | Bis dann.");
  CHECK(split("Das ist im 1. Stock.") == "Das ist im 1. Stock.");
  CHECK(split("Es sind 3. Mehr nicht.") == "Es sind 3. | Mehr nicht.");
  CHECK(split("Das war am 312. Danach nicht.") == "Das war am 312. | Danach nicht.");
}

TEST_CASE("ClauseSplitter keeps closing quotes and brackets with their sentence") {
  CHECK(split("He said \"no.\" Then he left.") == "He said \"no.\" | Then he left.");
  CHECK(split("(It is closed.) Come later.") == "(It is closed.) | Come later.");
}

TEST_CASE("ClauseSplitter cuts long text without punctuation at a blank, and makes the first clause shorter than the others") {
  const ClauseLimits limits;
  std::string text;
  while (text.size() < 600) text += "word ";
  ClauseSplitter splitter;
  std::vector<std::string> clauses;
  splitter.feed(text, clauses);
  REQUIRE(clauses.size() == 3);
  CHECK(clauses[0].size() <= limits.first_chars);
  CHECK(clauses[0].size() > limits.first_chars - 6);
  CHECK(clauses[1].size() <= limits.chars);
  CHECK(clauses[1].size() > limits.chars - 6);
  CHECK(clauses[0].ends_with("word"));
}

TEST_CASE("ClauseSplitter cuts text without blanks after exactly first_chars characters") {
  const ClauseLimits limits;
  for (const std::string& letter : {std::string("x"), std::string("\xc3\xa9")}) {
    std::string text;
    for (std::size_t i = 0; i < limits.first_chars; ++i) text += letter;
    CHECK(so_far(text) == "");
    CHECK(so_far(text + letter) == text);
  }
}

TEST_CASE("ClauseSplitter finds the ends of sentences in a language without blanks") {
  CHECK(so_far("\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82") == "\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82");
  CHECK(split("\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82\xe5\x86\x8d\xe8\xa7\x81") ==
        "\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82 | \xe5\x86\x8d\xe8\xa7\x81");
}

TEST_CASE("ClauseSplitter makes each item of a list a sentence") {
  CHECK(split("We have:\n\n- **Pizza** with cheese\n- Salad\n\nWhat would you like?") ==
        "We have: | Pizza with cheese. | Salad. | What would you like?");
  CHECK(split("1. Sales\n2. Support\n") == "1, Sales. | 2, Support");
  CHECK(split("# Opening hours\nWe open at nine") == "Opening hours. | We open at nine");
  CHECK(split("This is one\nsentence on two lines.") == "This is one sentence on two lines.");
}

TEST_CASE("ClauseSplitter gives no clause for text that cannot be spoken") {
  CHECK(split("") == "");
  CHECK(split("  \n ... \n --- \n") == "");
  CHECK(split("\xf0\x9f\x98\x80") == "");
  CHECK(split("Great! \xf0\x9f\x98\x80 Bye.") == "Great! | Bye.");
}

TEST_CASE("ClauseSplitter gives the same clauses if it gets the text in pieces of any size") {
  const std::string text =
      "Good morning, caf\xc3\xa9 Bl\xc3\xbc"
      "te here. We *really* have [rooms](http://x.y/z) from 3.5 to 10 p.m. today. Do you want one?";
  const std::string expected = split(text);
  for (std::size_t step = 2; step < text.size(); ++step) {
    CAPTURE(step);
    CHECK(split(text, step) == expected);
  }
}

TEST_CASE("SpokenText removes Markdown marks and keeps the words") {
  CHECK(plain("**bold** and *slanted* and ***both*** and __strong__ and _soft_") ==
        "bold and slanted and both and strong and soft");
  CHECK(plain("~~old~~ new, ~5 of them") == "old new, ~5 of them");
  CHECK(plain("use `ls` now") == "use ls now");
  CHECK(plain("## Title ##") == "Title ##");
  CHECK(plain("> quoted") == "quoted");
  CHECK(plain("\xe2\x80\xa2 an item") == "an item");
  CHECK(plain("so [a\x01" "b](x) and [c\x02]") == "so ab and [c ]");
  CHECK(plain("see [our **page**](https://example.com/a_b) now") == "see our page now");
  CHECK(plain("![a cat](cat.png) sits") == "a cat sits");
  CHECK(plain("as said [1][^2] here") == "as said  here");
  CHECK(plain("<https://example.com> or <b>this</b><br>that") == "https://example.com or this that");
  CHECK(plain("```python\nprint\n```\nDone") == "print\nDone");
  CHECK(plain("one\n\n---\n\ntwo") == "one\ntwo");
  CHECK(plain("| Day | Hours |\n|---|---|\n| Monday | 9 to 5 |") == "Day , Hours \nMonday , 9 to 5 ");
  CHECK(plain("Tom &amp; Ann &lt;3") == "Tom & Ann <3");
  CHECK(plain("\\*not\\*") == "*not*");
}

TEST_CASE("SpokenText reads a code fence that is too long in the same way, whether it gets the text whole or octet by octet") {
  CHECK(plain(std::string(70, '`') + "c\nx") == "x");  // plain() checks both ways.
  CHECK(plain(std::string(45, '`') + std::string(60, 'a')) == std::string(60, 'a'));
}

TEST_CASE("SpokenText keeps text that only resembles Markdown") {
  CHECK(plain("press * or # to go on") == "press * or # to go on");
  CHECK(plain("5 * 3 is 2*7.5") == "5 * 3 is 2*7.5");
  CHECK(plain("my_file_name and C# and 5 < 6 > 4") == "my_file_name and C# and 5 < 6 > 4");
  CHECK(plain("-5 degrees") == "-5 degrees");
  CHECK(plain("[laughs] so") == "[laughs] so");
  CHECK(plain("1234. not an item") == "1234. not an item");
  CHECK(plain("AT&T and a & b") == "AT&T and a & b");
  CHECK(plain("wow! [no") == "wow! [no");
}

TEST_CASE("SpokenText removes emoji, characters without width, and invalid octets") {
  CHECK(plain("Hi \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80!\xef\xb8\x8f \xe2\x9c\x85 \xe2\x9e\xa1 go "
              "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa") == "Hi !   go ");
  CHECK(plain("caf\xc3\xa9 \xff\xc3 ok \xe2\x82") == "caf\xc3\xa9  ok ");
  CHECK(plain("1\xef\xb8\x8f\xe2\x83\xa3") == "1");
  CHECK(plain("20 \xe2\x82\xac \xe2\x80\x93 fine") == "20 \xe2\x82\xac \xe2\x80\x93 fine");
}

TEST_CASE("SpokenText holds back at most kMaxHeld octets of a mark that is not closed") {
  SpokenText text;
  const std::string open = "[" + std::string(SpokenText::kMaxHeld, 'x');
  std::string out;
  for (const char c : open.substr(0, 200)) out += text.feed(std::string_view(&c, 1));
  CHECK(out.empty());
  for (const char c : open.substr(200)) out += text.feed(std::string_view(&c, 1));
  CHECK(out == open);

  SpokenText target;
  out = target.feed("[a](" + std::string(SpokenText::kMaxHeld - 5, 'y'));
  CHECK(out.empty());
  out = target.feed("yy");
  CHECK(out.starts_with("a("));
}
