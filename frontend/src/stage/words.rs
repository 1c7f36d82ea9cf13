//! What can happen to the page, and what it can do about it.

use kasir_shared::api::checkout::{Balance, CheckoutView, StartAttempt, StartLink};
use kasir_shared::{AttemptId, Field, LinkId, MethodId, Problem, ProblemCode, WebUrl};

/// Something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Msg {
    /// The browser took the page over.
    Woke {
        /// The method that was chosen before.
        chosen: Option<MethodId>,
        /// The page's own address.
        address: Option<WebUrl>,
    },
    /// The alarm that [`alarm`](super::Model::alarm) asked for rang.
    Rang,
    /// A method was chosen.
    Chose(MethodId),
    /// A field was filled in.
    Typed(Field, String),
    /// The button to pay was pressed.
    Pressed,
    /// What was in the form then.
    Confirmed(Option<StartAttempt>),
    /// The button to link the chosen wallet was pressed.
    PressedLink,
    /// What was in the form then.
    ConfirmedLink(Option<StartLink>),
    /// A linked wallet said how much is in it, or nobody did.
    Balance(MethodId, Option<Balance>),
    /// The server answered a start or a withdrawal.
    Answered(Result<Box<CheckoutView>, Failure>),
    /// The server answered a look.
    Looked(Result<Box<CheckoutView>, Failure>),
    /// The server told by itself.
    Heard(Box<CheckoutView>),
    /// The stream of events opened or broke.
    Streaming(bool),
    /// The customer came back: from another tab, app or network.
    Returned,
    /// The browser showed the page again as it was left: whatever was under way is gone.
    Restored,
    /// The connection came or went.
    Online(bool),
    /// The customer takes the attempt or the link back to choose again.
    AnotherWay,
    /// The customer looks at the methods again after an end.
    TryAgain,
    /// A link to an app was tapped.
    OpenedApp,
    /// The page was covered: an app opened.
    Hid,
    /// A text is to be copied.
    Copy(Copied, String),
    /// It was.
    Copied(Copied),
    /// The shop's page answered the frame.
    Connected,
    /// The shop's page takes the customer away.
    Taken,
    /// The shop's page leaves that to the customer.
    Stay,
}

/// What was copied last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Copied {
    /// The order's reference.
    Reference,
    /// The code to pay with.
    Code,
    /// The wallet's address.
    Link,
    /// The page's own address.
    Page,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the form, and say [`Msg::Confirmed`].
    Read,
    /// Read the form, and say [`Msg::ConfirmedLink`].
    ReadLink,
    /// Ask for an attempt.
    Start(StartAttempt),
    /// Take an attempt back.
    Cancel(AttemptId),
    /// Begin to link a wallet.
    Link(StartLink),
    /// Take a link back.
    Unlink(LinkId),
    /// Ask how much is in a linked wallet, and say [`Msg::Balance`].
    AskBalance(MethodId, LinkId),
    /// Ask for the view.
    Look,
    /// Open the stream of events, unless it is open.
    Listen,
    /// Go where the next action leads.
    Leave,
    /// Ask the shop's page to take the customer away.
    AskToLeave,
    /// Tell the shop's page how the session stands.
    Tell,
    /// Tell the shop's page what went wrong.
    TellProblem(ProblemCode),
    /// Copy a text, and say [`Msg::Copied`].
    Copy(Copied, String),
    /// Move the focus to the new screen's heading.
    FocusHeading,
    /// Move the focus to the field that is wrong.
    FocusWrong,
    /// Load the page anew: the server no longer knows the session.
    Reload,
}

/// Why the server's answer is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// It was not reached, or its answer was lost.
    Offline,
    /// It said no.
    Problem(Box<Problem>),
    /// It said something that this page cannot read.
    Unreadable,
}
