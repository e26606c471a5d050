"""The table behind `ctgov_fields`: the record's fields as the registry nests and names them.

All of `/studies/metadata` as of May 2026, and of the API's schema and the records what that leaves out.
"""

TREE = """
protocolSection
 identificationModule
  nctId NCTId
  nctIdAliases[] NCTIdAlias
  orgStudyIdInfo
   id OrgStudyId
   type OrgStudyIdType
   link OrgStudyIdLink
  secondaryIdInfos[] SecondaryIdInfo
   id SecondaryId
   type SecondaryIdType
   domain SecondaryIdDomain
   link SecondaryIdLink
  organization
   fullName OrgFullName
   class OrgClass
  briefTitle
  officialTitle
  acronym
 statusModule
  statusVerifiedDate
  overallStatus
  lastKnownStatus
  delayedPosting
  whyStopped
  expandedAccessInfo
   hasExpandedAccess
   nctId ExpandedAccessNCTId
   statusForNctId ExpandedAccessStatusForNCTId
  startDateStruct
   date StartDate
   type StartDateType
  primaryCompletionDateStruct
   date PrimaryCompletionDate
   type PrimaryCompletionDateType
  completionDateStruct
   date CompletionDate
   type CompletionDateType
  studyFirstSubmitDate
  studyFirstSubmitQcDate StudyFirstSubmitQCDate
  studyFirstPostDateStruct
   date StudyFirstPostDate
   type StudyFirstPostDateType
  resultsWaived
  resultsFirstSubmitDate
  resultsFirstSubmitQcDate ResultsFirstSubmitQCDate
  resultsFirstPostDateStruct
   date ResultsFirstPostDate
   type ResultsFirstPostDateType
  dispFirstSubmitDate
  dispFirstSubmitQcDate DispFirstSubmitQCDate
  dispFirstPostDateStruct
   date DispFirstPostDate
   type DispFirstPostDateType
  lastUpdateSubmitDate
  lastUpdatePostDateStruct
   date LastUpdatePostDate
   type LastUpdatePostDateType
 sponsorCollaboratorsModule
  responsibleParty
   type ResponsiblePartyType
   investigatorFullName ResponsiblePartyInvestigatorFullName
   investigatorTitle ResponsiblePartyInvestigatorTitle
   investigatorAffiliation ResponsiblePartyInvestigatorAffiliation
   oldNameTitle ResponsiblePartyOldNameTitle
   oldOrganization ResponsiblePartyOldOrganization
  leadSponsor
   name LeadSponsorName
   class LeadSponsorClass
  collaborators[] Collaborator
   name CollaboratorName
   class CollaboratorClass
 oversightModule
  oversightHasDmc OversightHasDMC
  isFdaRegulatedDrug IsFDARegulatedDrug
  isFdaRegulatedDevice IsFDARegulatedDevice
  isUnapprovedDevice
  isPpsd IsPPSD
  isUsExport IsUSExport
  fdaaa801Violation FDAAA801Violation
 descriptionModule
  briefSummary
  detailedDescription
 conditionsModule
  conditions[] Condition
  keywords[] Keyword
 designModule
  studyType
  nPtrsToThisExpAccNctId NPtrsToThisExpAccNCTId
  expandedAccessTypes
   individual ExpAccTypeIndividual
   intermediate ExpAccTypeIntermediate
   treatment ExpAccTypeTreatment
  patientRegistry
  targetDuration
  phases[] Phase
  designInfo
   allocation DesignAllocation
   interventionModel DesignInterventionModel
   interventionModelDescription DesignInterventionModelDescription
   primaryPurpose DesignPrimaryPurpose
   observationalModel DesignObservationalModel
   timePerspective DesignTimePerspective
   maskingInfo DesignMaskingInfo
    masking DesignMasking
    maskingDescription DesignMaskingDescription
    whoMasked[] DesignWhoMasked
  bioSpec
   retention BioSpecRetention
   description BioSpecDescription
  enrollmentInfo
   count EnrollmentCount
   type EnrollmentType
 armsInterventionsModule
  armGroups[] ArmGroup
   label ArmGroupLabel
   type ArmGroupType
   description ArmGroupDescription
   interventionNames[] ArmGroupInterventionName
  interventions[] Intervention
   type InterventionType
   name InterventionName
   description InterventionDescription
   armGroupLabels[] InterventionArmGroupLabel
   otherNames[] InterventionOtherName
 outcomesModule
  primaryOutcomes[] PrimaryOutcome
   measure PrimaryOutcomeMeasure
   description PrimaryOutcomeDescription
   timeFrame PrimaryOutcomeTimeFrame
  secondaryOutcomes[] SecondaryOutcome
   measure SecondaryOutcomeMeasure
   description SecondaryOutcomeDescription
   timeFrame SecondaryOutcomeTimeFrame
  otherOutcomes[] OtherOutcome
   measure OtherOutcomeMeasure
   description OtherOutcomeDescription
   timeFrame OtherOutcomeTimeFrame
 eligibilityModule
  eligibilityCriteria
  healthyVolunteers
  sex
  genderBased
  genderDescription
  minimumAge
  maximumAge
  stdAges[] StdAge
  studyPopulation
  samplingMethod
 contactsLocationsModule
  centralContacts[] CentralContact
   name CentralContactName
   role CentralContactRole
   phone CentralContactPhone
   phoneExt CentralContactPhoneExt
   email CentralContactEMail
  overallOfficials[] OverallOfficial
   name OverallOfficialName
   affiliation OverallOfficialAffiliation
   role OverallOfficialRole
  locations[] Location
   facility LocationFacility
   status LocationStatus
   city LocationCity
   state LocationState
   zip LocationZip
   country LocationCountry
   contacts[] LocationContact
    name LocationContactName
    role LocationContactRole
    phone LocationContactPhone
    phoneExt LocationContactPhoneExt
    email LocationContactEMail
   geoPoint LocationGeoPoint
    lat
    lon
 referencesModule
  references[] Reference
   pmid ReferencePMID
   type ReferenceType
   citation ReferenceCitation
   retractions[] Retraction
    pmid RetractionPMID
    source RetractionSource
  seeAlsoLinks[] SeeAlsoLink
   label SeeAlsoLinkLabel
   url SeeAlsoLinkURL
  availIpds[] AvailIPD
   id AvailIPDId
   type AvailIPDType
   url AvailIPDURL
   comment AvailIPDComment
 ipdSharingStatementModule IPDSharingStatementModule
  ipdSharing IPDSharing
  description IPDSharingDescription
  infoTypes[] IPDSharingInfoType
  timeFrame IPDSharingTimeFrame
  accessCriteria IPDSharingAccessCriteria
  url IPDSharingURL
resultsSection
 participantFlowModule
  preAssignmentDetails FlowPreAssignmentDetails
  recruitmentDetails FlowRecruitmentDetails
  typeUnitsAnalyzed FlowTypeUnitsAnalyzed
  groups[] FlowGroup
   id FlowGroupId
   title FlowGroupTitle
   description FlowGroupDescription
  periods[] FlowPeriod
   title FlowPeriodTitle
   milestones[] FlowMilestone
    type FlowMilestoneType
    comment FlowMilestoneComment
    achievements[] FlowAchievement
     groupId FlowAchievementGroupId
     comment FlowAchievementComment
     numSubjects FlowAchievementNumSubjects
     numUnits FlowAchievementNumUnits
   dropWithdraws[] FlowDropWithdraw
    type FlowDropWithdrawType
    comment FlowDropWithdrawComment
    reasons[] FlowReason
     groupId FlowReasonGroupId
     comment FlowReasonComment
     numSubjects FlowReasonNumSubjects
     numUnits FlowReasonNumUnits
 baselineCharacteristicsModule
  populationDescription BaselinePopulationDescription
  typeUnitsAnalyzed BaselineTypeUnitsAnalyzed
  groups[] BaselineGroup
   id BaselineGroupId
   title BaselineGroupTitle
   description BaselineGroupDescription
  denoms[] BaselineDenom
   units BaselineDenomUnits
   counts[] BaselineDenomCount
    groupId BaselineDenomCountGroupId
    value BaselineDenomCountValue
  measures[] BaselineMeasure
   title BaselineMeasureTitle
   description BaselineMeasureDescription
   populationDescription BaselineMeasurePopulationDescription
   paramType BaselineMeasureParamType
   dispersionType BaselineMeasureDispersionType
   unitOfMeasure BaselineMeasureUnitOfMeasure
   calculatePct BaselineMeasureCalculatePct
   denomUnitsSelected BaselineMeasureDenomUnitsSelected
   denoms[] BaselineMeasureDenom
    units BaselineMeasureDenomUnits
    counts[] BaselineMeasureDenomCount
     groupId BaselineMeasureDenomCountGroupId
     value BaselineMeasureDenomCountValue
   classes[] BaselineClass
    title BaselineClassTitle
    denoms[] BaselineClassDenom
     units BaselineClassDenomUnits
     counts[] BaselineClassDenomCount
      groupId BaselineClassDenomCountGroupId
      value BaselineClassDenomCountValue
    categories[] BaselineCategory
     title BaselineCategoryTitle
     measurements[] BaselineMeasurement
      groupId BaselineMeasurementGroupId
      value BaselineMeasurementValue
      spread BaselineMeasurementSpread
      lowerLimit BaselineMeasurementLowerLimit
      upperLimit BaselineMeasurementUpperLimit
      comment BaselineMeasurementComment
 outcomeMeasuresModule
  outcomeMeasures[] OutcomeMeasure
   type OutcomeMeasureType
   title OutcomeMeasureTitle
   description OutcomeMeasureDescription
   populationDescription OutcomeMeasurePopulationDescription
   reportingStatus OutcomeMeasureReportingStatus
   anticipatedPostingDate OutcomeMeasureAnticipatedPostingDate
   paramType OutcomeMeasureParamType
   dispersionType OutcomeMeasureDispersionType
   unitOfMeasure OutcomeMeasureUnitOfMeasure
   calculatePct OutcomeMeasureCalculatePct
   timeFrame OutcomeMeasureTimeFrame
   typeUnitsAnalyzed OutcomeMeasureTypeUnitsAnalyzed
   denomUnitsSelected OutcomeMeasureDenomUnitsSelected
   groups[] OutcomeGroup
    id OutcomeGroupId
    title OutcomeGroupTitle
    description OutcomeGroupDescription
   denoms[] OutcomeDenom
    units OutcomeDenomUnits
    counts[] OutcomeDenomCount
     groupId OutcomeDenomCountGroupId
     value OutcomeDenomCountValue
   classes[] OutcomeClass
    title OutcomeClassTitle
    denoms[] OutcomeClassDenom
     units OutcomeClassDenomUnits
     counts[] OutcomeClassDenomCount
      groupId OutcomeClassDenomCountGroupId
      value OutcomeClassDenomCountValue
    categories[] OutcomeCategory
     title OutcomeCategoryTitle
     measurements[] OutcomeMeasurement
      groupId OutcomeMeasurementGroupId
      value OutcomeMeasurementValue
      spread OutcomeMeasurementSpread
      lowerLimit OutcomeMeasurementLowerLimit
      upperLimit OutcomeMeasurementUpperLimit
      comment OutcomeMeasurementComment
   analyses[] OutcomeAnalysis
    paramType OutcomeAnalysisParamType
    paramValue OutcomeAnalysisParamValue
    dispersionType OutcomeAnalysisDispersionType
    dispersionValue OutcomeAnalysisDispersionValue
    statisticalMethod OutcomeAnalysisStatisticalMethod
    statisticalComment OutcomeAnalysisStatisticalComment
    pValue OutcomeAnalysisPValue
    pValueComment OutcomeAnalysisPValueComment
    ciNumSides OutcomeAnalysisCINumSides
    ciPctValue OutcomeAnalysisCIPctValue
    ciLowerLimit OutcomeAnalysisCILowerLimit
    ciUpperLimit OutcomeAnalysisCIUpperLimit
    ciLowerLimitComment OutcomeAnalysisCILowerLimitComment
    ciUpperLimitComment OutcomeAnalysisCIUpperLimitComment
    estimateComment OutcomeAnalysisEstimateComment
    testedNonInferiority OutcomeAnalysisTestedNonInferiority
    nonInferiorityType OutcomeAnalysisNonInferiorityType
    nonInferiorityComment OutcomeAnalysisNonInferiorityComment
    otherAnalysisDescription OutcomeAnalysisOtherAnalysisDescription
    groupDescription OutcomeAnalysisGroupDescription
    groupIds[] OutcomeAnalysisGroupId
 adverseEventsModule
  frequencyThreshold EventsFrequencyThreshold
  timeFrame EventsTimeFrame
  description EventsDescription
  allCauseMortalityComment EventsAllCauseMortalityComment
  eventGroups[] EventGroup
   id EventGroupId
   title EventGroupTitle
   description EventGroupDescription
   deathsNumAffected EventGroupDeathsNumAffected
   deathsNumAtRisk EventGroupDeathsNumAtRisk
   seriousNumAffected EventGroupSeriousNumAffected
   seriousNumAtRisk EventGroupSeriousNumAtRisk
   otherNumAffected EventGroupOtherNumAffected
   otherNumAtRisk EventGroupOtherNumAtRisk
  seriousEvents[] SeriousEvent
   term SeriousEventTerm
   organSystem SeriousEventOrganSystem
   sourceVocabulary SeriousEventSourceVocabulary
   assessmentType SeriousEventAssessmentType
   notes SeriousEventNotes
   stats[] SeriousEventStats
    groupId SeriousEventStatsGroupId
    numEvents SeriousEventStatsNumEvents
    numAffected SeriousEventStatsNumAffected
    numAtRisk SeriousEventStatsNumAtRisk
  otherEvents[] OtherEvent
   term OtherEventTerm
   organSystem OtherEventOrganSystem
   sourceVocabulary OtherEventSourceVocabulary
   assessmentType OtherEventAssessmentType
   notes OtherEventNotes
   stats[] OtherEventStats
    groupId OtherEventStatsGroupId
    numEvents OtherEventStatsNumEvents
    numAffected OtherEventStatsNumAffected
    numAtRisk OtherEventStatsNumAtRisk
 moreInfoModule
  limitationsAndCaveats
   description LimitationsAndCaveatsDescription
  certainAgreement
   piSponsorEmployee AgreementPISponsorEmployee
   restrictionType AgreementRestrictionType
   restrictiveAgreement AgreementRestrictiveAgreement
   otherDetails AgreementOtherDetails
  pointOfContact
   title PointOfContactTitle
   organization PointOfContactOrganization
   email PointOfContactEMail
   phone PointOfContactPhone
   phoneExt PointOfContactPhoneExt
annotationSection
 annotationModule
  unpostedAnnotation
   unpostedResponsibleParty
   unpostedEvents[] UnpostedEvent
    type UnpostedEventType
    date UnpostedEventDate
    dateUnknown UnpostedEventDateUnknown
  violationAnnotation
   violationEvents[] ViolationEvent
    type ViolationEventType
    description ViolationEventDescription
    creationDate ViolationEventCreationDate
    issuedDate ViolationEventIssuedDate
    releaseDate ViolationEventReleaseDate
    postedDate ViolationEventPostedDate
documentSection
 largeDocumentModule
  noSap LargeDocNoSAP
  largeDocs[] LargeDoc
   typeAbbrev LargeDocTypeAbbrev
   hasProtocol LargeDocHasProtocol
   hasSap LargeDocHasSAP
   hasIcf LargeDocHasICF
   label LargeDocLabel
   date LargeDocDate
   uploadDate LargeDocUploadDate
   filename LargeDocFilename
   size LargeDocSize
derivedSection
 miscInfoModule
  versionHolder
  removedCountries[] RemovedCountry
  submissionTracking
   estimatedResultsFirstSubmitDate
   submissionInfos[] SubmissionInfo
    releaseDate SubmissionReleaseDate
    unreleaseDate SubmissionUnreleaseDate
    unreleaseDateUnknown SubmissionUnreleaseDateUnknown
    resetDate SubmissionResetDate
    mcpReleaseN SubmissionMCPReleaseN
   firstMcpInfo FirstMCPInfo
    postDateStruct FirstMCPPostDateStruct
     date FirstMCPPostDate
     type FirstMCPPostDateType
  modelPredictions
   bmiLimits BMILimits
    minBmi MinBMI
    maxBmi MaxBMI
 conditionBrowseModule
  meshes[] ConditionMesh
   id ConditionMeshId
   term ConditionMeshTerm
  ancestors[] ConditionAncestor
   id ConditionAncestorId
   term ConditionAncestorTerm
  browseLeaves[] ConditionBrowseLeaf
   id ConditionBrowseLeafId
   name ConditionBrowseLeafName
   asFound ConditionBrowseLeafAsFound
   relevance ConditionBrowseLeafRelevance
  browseBranches[] ConditionBrowseBranch
   abbrev ConditionBrowseBranchAbbrev
   name ConditionBrowseBranchName
 interventionBrowseModule
  meshes[] InterventionMesh
   id InterventionMeshId
   term InterventionMeshTerm
  ancestors[] InterventionAncestor
   id InterventionAncestorId
   term InterventionAncestorTerm
  browseLeaves[] InterventionBrowseLeaf
   id InterventionBrowseLeafId
   name InterventionBrowseLeafName
   asFound InterventionBrowseLeafAsFound
   relevance InterventionBrowseLeafRelevance
  browseBranches[] InterventionBrowseBranch
   abbrev InterventionBrowseBranchAbbrev
   name InterventionBrowseBranchName
hasResults
"""
