"""English wordings of liking and dislike, in lower case."""

from __future__ import annotations

import re

from fewrec.text.carriers import MILD, PAST, STRONG, WEAK, Wording

_I = r"(?:i|we|my (?:wife|husband|kids?|son|daughter|family|girlfriend|boyfriend|mum|mom|dad)|us|me)"
_IS = rf"(?:{_I}(?: |(?=')))?"
_OPENING = re.compile(
    r"(?:(?:and|but|so|well|also|or|please|pls|plz|honestly|actually|personally|frankly|lately|recently|today|tonight|now|right now|currently|these days|nowadays|usually|generally|in general|normally"
    r"|sometimes|often|always|really|maybe|perhaps|then|hi|hello|hey|oh|ok|okay|i think|i guess|i feel|i feel like|i believe|i'?d say|i have to say|i must say|i know|to be honest|tbh|imo|for me|as for me|if possible"
    r"|however|though|although|while|whereas|because|since|mostly|mainly|especially|particularly|just|yet|still|at the moment|this weekend|this week|when i was (?:young|a kid)|as a kid|growing up|anyway|even though|overall|basically|hmm|yeah|yes)\b[,:;]? *)*"
)
_BE = r"(?:'m|'re| am| are|'s| is| was| were|'ve been| have been|'ve become| have become| became| got| get)"
_VERYS = (
    r"(?:(?:really|truly|absolutely|just|very|so|totally|also|still|always|usually|generally|mostly|mainly|particularly|especially|kinda|kind of|sort of|quite|pretty|super|honestly|simply|deeply|genuinely"
    r"|ever|even|all that|that|too|much|completely|utterly|definitely|certainly|secretly|actually|sometimes|often|only|exactly|terribly|hugely|incredibly|currently|now|all|at all|probably|extremely|a little|a bit|such|both|sure|already|almost) ){0,5}"
)
_NOT = (
    r"(?P<no>(?:do not|don't|dont|does not|doesn't|doesnt|did not|didn't|never|not|no longer|cannot|can't|cant|can not|could not|couldn't|won't|will not|would not|wouldn't|would never|will never|hardly|rarely|seldom|ain't"
    r"|have never|haven't|haven't ever|'ve never|have not|am not|'m not|is not|isn't|are not|aren't|was not|wasn't|'d rather not)(?: (?P<weak>really|particularly|especially|all that|that|too|much|quite|exactly|always|so|very|usually|super))?) "
)
_SEE = (
    r"(?:(?:to )?(?:watch|watching|see|seeing|read|reading|play|playing|listen to|listening to|hear|hearing|buy|buying|get|getting|find|finding|try|trying|try out|have|having|eat|eating|cook|cooking|explore|check out|binge|binge-watch|binging"
    r"|start|discover|learn about|learning about|go to|going to|look at|watch out for|collect|collecting|wear|wearing|drink|drinking)(?: (?:more|some|any))? )?"
)
_LOVE = r"(?:love|loves|loved|adore|adores|like|likes|liked|enjoy|enjoys|enjoyed|enjoying|loving|appreciate|prefer|fancy|dig|crave|craving|favou?r|treasure|cherish|worship|live for|die for|go for|care for|care about|cared for|recommend|admire|relate to|get into|got into|tolerate|stand|stomach|bear|handle|take)"
_HATE = r"(?:hate|hates|hated|dislike|dislikes|disliked|detest|loathe|despise|abhor|avoid|avoiding|skip|resent|regret|fear|dread|mind|object to|cringe at|struggle with|grew tired of|grew out of|got tired of|get bored (?:by|of|with)|got bored (?:by|of|with))"
_INTO = (
    r"(?:(?:a |an )?(?:(?:big|huge|massive|great|total|lifelong|die-hard|diehard|real|true|avid|long-?time|serious|complete) ){0,4}(?:into|fond of|keen on|crazy about|mad about|nuts about|wild about|obsessed with|addicted to|interested in|passionate about|fans? of|lovers? of|sucker for"
    r"|in love with|hooked on|curious about|partial to|fascinated by|fascinated with|drawn to|attracted to|excited about|excited for|enthusiastic about|all about|up for|enthusiast of|devotee of|soft spot for|weakness for|passion for|admirer of|hungry for|in the mood for|open to))"
)
_OFF = r"(?:(?:sick|tired|bored|weary|sick and tired|scared|afraid|terrified|wary|critical) (?:of|with|by)|bored (?:by|of|with)|fed up with|done with|over|allergic to|annoyed (?:by|with|at)|put off by|turned off by|disappointed (?:by|with|in)|disgusted (?:by|with)|against|opposed to|averse to|disturbed by|uncomfortable with|fatigued by|through with|indifferent to|irritated by|offended by)"
_FINE = r"(?:fine with|ok with|okay with|cool with|alright with|good with|happy with|not bothered by|neutral (?:about|on))"
_WISH = (
    r"(?:want|wants|wanna|want to|would like|'d like|would love|'d love|'d enjoy|need|feel like|wish for|hope for|hope to|hoping for|long for|longing for|plan to|can i get|could i get|can i have|could you (?:recommend|suggest|show me)|can you (?:recommend|suggest|show me)|give me|show me|find me|get me|bring me|bring on"
    r"|recommend me|recommend|suggest me|suggest|looking for|looking forward to|look for|looking to|searching for|search for|hunting for|in the mood for|in need of|craving|dying to|eager to|excited to|can't wait for|can't wait to|cannot wait (?:for|to)|can't get enough of|cannot get enough of|got any|do you have|any recommendations for|send me|after|would kill for|up for|down for|hit me with|let's see|let's watch)"
)
_TAIL = r"(?:[ ,]*(?:please|pls|plz|thanks|thank you|thx|a lot|lots|very much|so much|too much|too|as well|the most|at all|anymore|any more|in general|lately|these days|nowadays|right now|tonight|though|or something|and stuff|etc|for me|to me|either|best|instead|if possible|now|always|today|[.!?…~]))"
_ARE = r"(?:'s|'re| is| are| was| were| would be| will be| feels?| sounds?| looks?| seems?| get| gets)"
_ADJ_GOOD = r"(?:great|awesome|amazing|good|fun|cool|nice|fantastic|wonderful|brilliant|perfect|the best|excellent|lovely|beautiful|hilarious|funny|fascinating|interesting|exciting|addictive|my (?:thing|jam|favou?rites?|guilty pleasure|passion|cup of tea|comfort food|weakness|life|style|kind of thing|go-to)|for me|right up my (?:alley|street)|a must|welcome|my favou?rite (?:genre|kind|thing)s?|life|always (?:good|great|fun|welcome)|underrated|relaxing|worth it)"
_ADJ_BAD = r"(?:boring|bad|awful|terrible|horrible|dull|tedious|annoying|overrated|too (?:scary|slow|long|violent|gory|sad|dark|much|loud|silly|childish|cheesy|predictable|boring|depressing|difficult|hard|intense)|scary|stupid|silly|dumb|lame|disgusting|gross|pointless|depressing|the worst|a no|a no-go|a dealbreaker|a deal breaker|a turn-?off|out|off the table|cringe|cringey|cringy|not for me|unbearable|unwatchable|trash|garbage|a waste of time|overdone|played out|off-putting|a bore|a drag)"
_BORES = r"(?:bores?|annoys?|scares?|disgusts?|irritates?|depress(?:es)?|upsets?|terrif(?:y|ies)|disappoints?|exhausts?|tires?|frustrates?|bothers?|puts? me (?:off|to sleep)|turns? me off|leaves? me cold|gives? me (?:nightmares|a headache|the creeps)|drives? me (?:crazy|mad|nuts)|sucks?|stinks?|creeps? me out|freaks? me out|makes? me (?:sick|cringe|anxious|sad|sleepy)|gets? on my nerves|can go away)"
_DRAWS = r"(?:fascinates?|interests?|excites?|appeals? to|intrigues?|attracts?|thrills?|speaks? to|delights?|amuses?|inspires?|moves?|does? it for|do it for|works? for|grabs?|hooks?|makes? me (?:happy|laugh|smile|cry)|cheers? me up|rocks?|rules?|gets? me|relax(?:es)?|sells? it to)"

_TABLE: tuple[tuple[str, float], ...] = (
    # about the topic before
    (
        rf"{_IS}(?:not|no longer|don't|do not)(?: (?:so|that|very) much)? ?(?:do|like (?:it|them))? ?(?:any ?more|now|these days|lately)(?P<t>)",
        -STRONG,
    ),
    # besides
    (
        rf"(?:besides|apart from|aside from|other than|in addition to|as well as) (?P<t>[^,]+), {_IS}(?:also |really |do ){{0,4}}(?:{_LOVE}|{_INTO}|want|watch|read|play|listen to) (?!everything|anything|all|most){_SEE}(?P<v>.+)",
        STRONG,
    ),
    (r"(?:except(?: for)?|other than|apart from|besides|aside from) (?P<t>[^,]+), .*", -STRONG),
    # everything except
    (
        rf"{_IS}(?:would |will |'ll |'d |can |like |love |enjoy |watch |read |play |listen to |want |take ){{0,4}}(?:anything|everything|all(?: genres| kinds)?|any genre|whatever|every genre)(?: is fine| goes| works|'s fine| you have)?,? (?:but|except(?: for)?|other than|apart from|besides|excluding|aside from|save(?: for)?)(?: for)? (?P<t>.+)",
        -STRONG,
    ),
    (
        r"(?:except(?: for)?|other than|apart from|excluding|aside from|as long as it'?s not|as long as it isn't|so long as it'?s not|as long as there(?:'s| is) no) (?P<t>.+)",
        -STRONG,
    ),
    # comparison
    (
        rf"{_IS}(?:would |'d )?(?:much |far |strongly |definitely |generally |usually |really |tend to ){{0,4}}(?:prefer|prefers|take|choose|pick|go for|like|love|enjoy) {_SEE}(?P<t>.+?) (?:over|rather than|instead of|more than|better than|as opposed to) {_SEE}(?P<u>.+)",
        STRONG,
    ),
    (rf"{_IS}(?:prefer|prefers) {_SEE}(?P<t>.+?) to (?P<u>.+)", STRONG),
    (rf"{_IS}(?:would|'d) (?:much )?rather {_SEE}(?P<t>.+?) than {_SEE}(?P<u>.+)", STRONG),
    (rf"{_IS}(?:would|'d) (?:much )?rather (?P<no>not) {_SEE}(?P<t>.+)", STRONG),
    (rf"{_IS}(?:would|'d) (?:much )?rather {_SEE}(?P<t>.+)", STRONG),
    (
        rf"(?:rather than|instead of) {_SEE}(?P<u>.+?), {_IS}(?:would |'d )?(?:prefer |like |want |rather )?{_SEE}(?P<t>.+)",
        STRONG,
    ),
    # past
    (rf"{_IS}used to (?P<no>(?:hate|dislike|detest|avoid)) {_SEE}(?P<t>.+)", PAST),
    (
        rf"{_IS}(?:used to|once) (?:really )?(?:love|like|enjoy|adore|be (?:really )?{_INTO}|watch|play|read|listen to|be) {_SEE}(?P<t>.+)",
        PAST,
    ),
    # requests not to, no, less, more
    (
        r"(?:do not|don't|dont|never|stop|quit|can you stop|could you stop|please stop|no need to|avoid) (?:ever |keep )?(?:recommend(?:ing)?|suggest(?:ing)?|show(?:ing)?|giv(?:e|ing)|send(?:ing)?|push(?:ing)?|offer(?:ing)?|play(?:ing)?|includ(?:e|ing)|bring(?:ing)? up|feed(?:ing)?)(?: me| us)?(?: with)? (?P<t>.+)",
        -STRONG,
    ),
    (
        r"(?:keep|get|take) (?P<t>.+?) (?:away(?: from me)?|out of my (?:feed|sight|list)|off my (?:feed|list))",
        -STRONG,
    ),
    (
        rf"(?:{_I}(?: have|'ve got|'ve| had|'ve had)? )?(?:zero|no|little|not much|not any|absolutely no|don't have (?:any|much)|lost(?: all| any)?) (?:interest|desire|patience|time|love|use|appetite|tolerance) (?:in|for|to|with) {_SEE}(?P<t>.+)",
        -STRONG,
    ),
    (
        rf"(?:{_I}(?: have|'ve got|'ve| had|'ve had)? )?(?:had |seen |watched |heard |read |more than )?(?:enough|too much|too many)(?: of)?(?: the| these| those)? (?P<t>.+)",
        -STRONG,
    ),
    (
        rf"(?:{_I}(?: have|'ve got) )?(?:nothing against|no (?:problem|issues?|objections?) (?:with|to)|don't have (?:anything|a problem) (?:against|with)) {_SEE}(?P<t>.+)",
        MILD,
    ),
    (rf"{_IS}(?:could|can) (?:do|live) without (?P<t>.+)", -WEAK),
    (
        rf"{_IS}(?:stay|stays|steer|steering|keep|keeping|shy|shies) (?:well |far )?(?:away|clear) (?:from|of) (?P<t>.+)",
        -STRONG,
    ),
    (r"(?:less|fewer|not so much|not so many|a bit less)(?: of)?(?: the)?(?: like)? (?P<t>.+)", -WEAK),
    (
        rf"(?:no|no more|not another|without|without any|nothing with|nothing|zero|enough with(?: the)?|anything without|minus)(?: like| about| too)? {_VERYS}{_SEE}(?P<t>.+)",
        -STRONG,
    ),
    (
        rf"{_IS}(?:want |need |give me |show me |would like |'d like |prefer )?(?:more|lots of|lots more|a lot more|plenty of)(?: stuff| things| movies| films| games| books| music)?(?: like| of| of the| from| by| about)? (?P<t>.+)",
        STRONG,
    ),
    (
        rf"(?:{_IS}(?:have|has|'ve got|got)|have|has|with) (?:a |an )?(?:{_VERYS})(?:(?:big|huge|massive|total|real|secret) ){{0,2}}(?:soft spot|weakness|thing|passion|love|crush|taste|fondness|obsession) (?:for|on|with) {_SEE}(?P<t>.+)",
        STRONG,
    ),
    (
        r"(?P<t>.+?) (?:over|instead of|rather than|> ?) (?P<u>.+?),? (?:any ?day|any ?time|always|every time|all day)",
        STRONG,
    ),
    (rf"(?:{_IS}(?:have|'ve)? ?)?(?:had it|had enough|done) with (?P<t>.+)", -STRONG),
    (
        rf"{_IS}(?:have |'ve )?(?:never|don't|do not|can't|didn't|cannot) (?:really |quite )?(?:get|got|see|saw|understand|understood|gotten) (?:the )?(?:hype|appeal|point|fuss|attraction|love|obsession)(?: around| of| about| in| for| with| behind| over)? (?P<t>.+)",
        -STRONG,
    ),
    (
        rf"{_IS}(?:find|found) {_SEE}(?P<t>.+?) (?:to be )?{_VERYS}(?:{_ADJ_BAD}|unfunny|tiresome|uninteresting|unbearable|forgettable|confusing|repetitive|pretentious|unpleasant|off-putting)",
        -STRONG,
    ),
    (
        rf"{_IS}(?:find|found) {_SEE}(?P<t>.+?) (?:to be )?{_VERYS}(?:{_ADJ_GOOD}|delightful|soothing|inspiring|moving|engaging|charming|irresistible|compelling)",
        STRONG,
    ),
    (
        rf"(?:{_I})?{_BE}?(?: ?n't| not)? ?{_VERYS}(?:a |an )?(?:(?:big|huge|massive|total|lifelong|real|true|avid|self-confessed) ){{0,3}}(?P<t>\S+(?: \S+){{0,3}}?) (?:nerd|geek|buff|junkie|addict|fanatic|enthusiast|aficionado|lover|fan|person|guy|girl)s?(?: here)?",
        STRONG,
    ),
    # not minding
    (
        rf"{_IS}(?:do not|don't|dont|would not|wouldn't|never|did not|didn't|can't say (?:that )?{_I}|not that {_I})(?: really| particularly| exactly| actually)? (?:mind|hate|dislike|object to|detest|avoid|loathe|despise|mind (?:watching|reading|playing)) {_SEE}(?P<t>.+)",
        MILD,
    ),
    (rf"(?:{_I})?{_BE}?(?: not|n't) {_VERYS}{_OFF} {_SEE}(?P<t>.+)", MILD),
    (rf"(?:{_I})?{_BE} {_VERYS}{_FINE} {_SEE}(?P<t>.+)", MILD),
    (
        rf"{_IS}(?:can|could|will) (?:just about |sort of )?(?:tolerate|stand|bear|stomach|take|handle) {_SEE}(?P<t>.+)",
        MILD,
    ),
    # be (not) into
    (
        rf"{_IS}{_NOT}{_VERYS}(?:been |become |feel(?:ing)? |get |getting |really |a |much of a |much |be |exactly |so |one for |in ){{0,4}}(?:{_INTO}|into|one for|in the mood for|moved by|impressed by|a fan of|the type for|looking for|here for) {_SEE}(?P<t>.+)",
        STRONG,
    ),
    (rf"(?:{_I})?{_BE}? ?{_VERYS}{_OFF} {_SEE}(?P<t>.+)", -STRONG),
    (
        rf"(?:{_I}(?:(?:'ve| have)(?: always| recently| lately){{0,4}} been|'ve (?:always|recently) been|{_BE}) )?{_VERYS}(?:been |getting |becoming |feeling |always ){{0,4}}{_INTO} {_SEE}(?P<t>.+)",
        STRONG,
    ),
    # verbs
    (
        rf"{_IS}(?:{_VERYS}){_NOT}{_VERYS}(?:want to |want |wish to |tend to |seem to |like to |care to |ever )?(?:{_LOVE}|want|need|watch|read|play|listen to|see|hear|buy|get|eat|follow|do|understand|connect with|look for|trust|feel like|fall for|feel) {_SEE}(?P<t>.+)",
        STRONG,
    ),
    (
        rf"{_IS}(?:would |'d |will |'ll |can |could |do |did |tend to |try to |have to |have |'ve |always |always have |usually ){{0,4}}{_VERYS}{_HATE} {_SEE}(?P<t>.+)",
        -STRONG,
    ),
    (
        r"(?:my )?(?:(?:all[- ]time|absolute|personal|current|number one|top) ){0,4}(?P<no>least )?favou?rites?(?: [a-z-]+){0,3}? (?:is|are|was|were|has to be|would be|will always be|:|include|includes)(?: definitely| probably| always| still)? (?P<t>.+)",
        STRONG,
    ),
    (rf"{_I}(?:'m|'ve been| am| have been)? {_VERYS}{_WISH} {_SEE}(?P<t>.+)", STRONG),
    (rf"{_I}(?:'d| would) (?:like|love|enjoy|appreciate|prefer) {_SEE}(?P<t>.+)", STRONG),
    (rf"{_WISH} {_SEE}(?P<t>.+)", STRONG),
    (
        rf"{_I} (?:would |will |can |could |do |did |tend to |have |always |always have |usually |have always |have recently |recently |just ){{0,4}}{_VERYS}{_LOVE}(?: it when)? {_VERYS}{_SEE}(?P<t>.+)",
        STRONG,
    ),
    (
        rf"{_VERYS}(?:love|loves|loved|loving|enjoy|enjoys|enjoyed|enjoying|adore|prefer|appreciate|crave|big on|huge on) {_VERYS}{_SEE}(?P<t>.+)",
        STRONG,
    ),
    (rf"(?:really|truly|absolutely|always|also|do|and|still|just|mostly|mainly) (?:{_VERYS})?like {_SEE}(?P<t>.+)", STRONG),
    (
        rf"{_I}(?:'ve been| have been|'m| am)? {_VERYS}(?:watch|watching|read|reading|play|playing|listen to|listening to|binge|binging|follow|collect|into) (?:a lot of |lots of |mostly |mainly |only |tons of |so much )?(?P<t>.+)",
        STRONG,
    ),
    (
        r"(?:anything|something|some|movies|films|books|games|music|songs|shows|stuff|things)? ?(?:like|similar to|along the lines of|in the style of|in the vein of|reminiscent of|as good as) (?P<t>.+?)(?: would be (?:great|nice|good|perfect|lovely|awesome|cool|ideal|amazing|fine)| please)?",
        STRONG,
    ),
    # topic first
    (
        rf"(?P<t>.+?){_ARE}(?P<no>n't| not| never) {_VERYS}(?:really |something |what ){{0,4}}(?:{_ADJ_GOOD}|my .+|what i .+|of interest.*|i .+|great|worth .+)",
        STRONG,
    ),
    (rf"(?P<t>(?!(?:the|this|that|it)\b)\S+(?: \S+){{0,4}}?){_ARE} {_VERYS}{_ADJ_BAD}", -STRONG),
    (
        rf"(?P<t>\S+(?: \S+){{0,5}}?){_ARE} {_VERYS}(?:ok|okay|fine|alright|all right|decent|acceptable|tolerable|not bad|so-so|watchable)",
        MILD,
    ),
    (rf"(?P<t>(?!(?:the|this|that|it)\b)\S+(?: \S+){{0,5}}?){_ARE} {_VERYS}{_ADJ_GOOD}", STRONG),
    (
        rf"(?P<t>.+?) (?P<no>doesn't|don't|does not|do not|never|didn't|has never|have never|no longer) {_VERYS}(?:{_DRAWS}|appeal(?:ed)? to|interest(?:ed)?|excite|work(?:ed)? for|hold|grab(?:bed)?|click with)(?: (?:me|us))?(?: .{{0,20}})?",
        STRONG,
    ),
    (rf"(?P<t>.+?) {_VERYS}{_BORES}(?: (?:me|us|out of me)){{0,4}}", -STRONG),
    (rf"(?P<t>.+?) {_VERYS}{_DRAWS}(?: (?:me|us))?", STRONG),
    (
        r"(?P<t>.+?)[, ]+(?P<no>not for me|no thanks?|no thank you|no way|not my thing|hard pass|pass|never again|nope|ugh|yuck|meh|not really)",
        STRONG,
    ),
    (
        r"(?P<t>.+?),? (?:all the way|any ?day|any ?time|forever|would be (?:great|nice|good|perfect|lovely|awesome|cool|ideal)|please|sounds? (?:good|great|fun|nice)|ftw|for the win|is life|yes please|yay|i (?:love|like|enjoy|adore)(?: (?:it|them|those|that))?)",
        STRONG,
    ),
    (r"(?P<t>.+?),? i (?:hate|dislike|can't stand|don't like|avoid|detest)(?: (?:it|them|those|that))?", -STRONG),
    (r"not (?P<t>.+)", -STRONG),
)

_AMOUNT = re.compile(
    r"(?:some|any|a|an|more|all kinds of|all sorts of|all|lots of|a lot of|tons of|a bit of|plenty of|a few|a couple of|another|such|these|those|every|much|things like|stuff like|something|anything|everything|(?:movies|films|books|games|songs|music|shows|stuff|things|titles) (?:like|similar to)|like|similar to|to|of|about|that's|that is|that are|which is|with|good|kind of|new|most|really|very|the idea of|for)\b ?"
)
_GENERIC = re.compile(
    r"(?:(?:i|i'm|i am|me|the|rest|others?|else|everything|anything|whatever|is|are|goes|works|fine|ok|okay|good|great|thanks?|thank|you|please|yes|no|so|any|suggestions?|recommendations?|recommend|what|do|can|could|should|watch|next|will|love|like|enjoy|it|them|all|to|for|up|open|help|hi|hello|that|this|would|be|nice|really|very|much|a lot|lot|a|some|more|one|ones|but|and|though|not|anymore|any|now)\b[ .!?]*)*"
)
_PRONOUN = re.compile(
    r"(?:it|this|that|them|these|those|him|her|(?:this|that|the|these|those) (?:movie|film|book|game|song|show|series|one|ones|thing|product|album|album so much|story|item)s?|one|ones|everything about it|every minute of it)"
)

ENGLISH = Wording(
    opening=_OPENING, table=_TABLE, amount=_AMOUNT, tail=re.compile(_TAIL + "$"), generic=_GENERIC, pronoun=_PRONOUN
)
